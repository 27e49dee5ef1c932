#include "services/embedded_broker/first_join.hpp"

#include <atomic>
#include <ctime>
#include <dlfcn.h>

namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

constexpr nanoseconds always = 3s;
nanoseconds wanted = always;

/// By how much time seems to be behind on this thread.
thread_local constinit nanoseconds behind{};

}  // namespace

namespace services::embedded_broker {

void wait_for_others(std::chrono::milliseconds time) { wanted = time; }

/// The line is written just before the timer of the 3 s is started, and another one just after. In
/// between time is put back, so the timer ends the sooner; nothing else happens there.
void follow_groups(std::string_view line) {
    const bool first = line.find("changing state Empty -> Joining") != line.npos;
    behind = first ? always - wanted : 0ns;
}

}  // namespace services::embedded_broker

/// Takes the place of the C library's clock_gettime() for this process, librdkafka included.
extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
    using Real = int (*)(clockid_t, timespec*);
    static constinit std::atomic<Real> known{nullptr};
    Real real = known.load(std::memory_order_relaxed);
    if (!real) {
        real = reinterpret_cast<Real>(dlsym(RTLD_NEXT, "clock_gettime"));
        known.store(real, std::memory_order_relaxed);
    }
    const int result = real(clock, now);
    if (behind != 0ns && clock == CLOCK_MONOTONIC) {
        const nanoseconds time =
            std::chrono::seconds(now->tv_sec) + nanoseconds(now->tv_nsec) - behind;
        const auto whole = std::chrono::floor<std::chrono::seconds>(time);
        *now = {whole.count(), (time - whole).count()};
    }
    return result;
}

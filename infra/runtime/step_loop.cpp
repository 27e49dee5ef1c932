#include "infra/runtime/step_loop.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/repeats.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

namespace infra::runtime {
namespace {

/// What fails again and again, as the log tells it. Only what was told is told to be over.
class Failures {
  public:
    explicit Failures(const std::string& name) : name_(name) {}

    void occurred(const std::string& what, std::chrono::milliseconds now) {
        ++count_;
        const auto count = repeats_.occurred(now, 1, domain::without_digits(what));
        if (count == 0) return;
        told_ = true;
        spdlog::warn("{}: {}{}", name_, what, domain::times(count));
    }

    void over() {
        if (!std::exchange(told_, false)) return;
        spdlog::info("{}: works again after {} failures", name_, std::exchange(count_, 0));
    }

  private:
    const std::string& name_;
    domain::Repeats repeats_{std::chrono::seconds(10), 10};
    bool told_ = false;      ///< since it was over last
    std::size_t count_ = 0;  ///< since over() told
};

}  // namespace

void run_until_stopped(
    const Core& core,
    const domain::Clock& clock,
    const std::stop_token& stop,
    const Backoff& backoff
) {
    Failures failures(core.name);
    const auto works = [&](const auto& act) {
        try {
            act();
            return true;
        } catch (const domain::WorldError& error) {
            failures.occurred(error.what(), clock.elapsed());
            return false;
        }
    };
    auto pause = backoff.first;
    while (!stop.stop_requested()) {
        bool busy = false;
        if (works([&] { busy = core.step(); })) {
            pause = backoff.first;
            failures.over();
            if (!busy) core.wait();
        } else {
            sleep_unless_stopped(pause, stop);
            pause = std::min(2 * pause, backoff.most);
        }
    }
    works(core.finish);
}

void sleep_unless_stopped(std::chrono::milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace infra::runtime

// librdkafka waits until a time of the wall clock: once that clock is put back by an hour, each of
// its threads that waits then does so for an hour more, whatever has come meanwhile. It makes its
// deadlines with timespec_get, or with gettimeofday just before a wait, and waits by cnd_timedwait;
// nobody else here uses the two of C11. A program that has these instead gives it deadlines of the
// clock that is never set, and waits by that one.

#include <cerrno>
#include <chrono>
#include <ctime>
#include <pthread.h>
#include <threads.h>

namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

nanoseconds since_zero(const timespec& time) {
    return seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

nanoseconds now_by(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return since_zero(now);
}

/// The same moment by the clock that is never set.
timespec steady(const timespec& deadline) {
    // The wall clock counts from 1970, the other one from the machine's start.
    constexpr seconds years(1'000'000'000);
    nanoseconds moment = since_zero(deadline);
    if (moment > years) moment += now_by(CLOCK_MONOTONIC) - now_by(CLOCK_REALTIME);
    const auto whole = std::chrono::floor<seconds>(moment);
    return {whole.count(), (moment - whole).count()};
}

}  // namespace

extern "C" {

int timespec_get(timespec* now, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_MONOTONIC, now) == 0 ? base : 0;
}

int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const timespec* deadline) {
    // glibc's types of C11 are those of POSIX by another name.
    static_assert(sizeof(cnd_t) == sizeof(pthread_cond_t));
    static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t));
    const timespec until = steady(*deadline);
    const int error = pthread_cond_clockwait(
        reinterpret_cast<pthread_cond_t*>(condition),
        reinterpret_cast<pthread_mutex_t*>(mutex),
        CLOCK_MONOTONIC,
        &until
    );
    if (error == ETIMEDOUT) return thrd_timedout;
    return error == 0 ? thrd_success : thrd_error;
}
}

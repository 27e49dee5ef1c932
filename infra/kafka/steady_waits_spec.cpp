#include <gtest/gtest.h>

#include <chrono>
#include <ctime>
#include <threads.h>

namespace infra::kafka {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

std::chrono::nanoseconds since_start(const timespec& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// What librdkafka does to wait, call by call.

TEST(SteadyWaits, CountFromTheClockThatIsNeverSet) {
    timespec now{};
    const auto before = steady_clock::now().time_since_epoch();
    ASSERT_EQ(timespec_get(&now, TIME_UTC), TIME_UTC);
    EXPECT_LE(before, since_start(now));
    EXPECT_LE(since_start(now), steady_clock::now().time_since_epoch());
}

struct Waiting {
    Waiting() {
        cnd_init(&condition);
        mtx_init(&mutex, mtx_plain);
        mtx_lock(&mutex);
    }
    ~Waiting() {
        mtx_unlock(&mutex);
        mtx_destroy(&mutex);
        cnd_destroy(&condition);
    }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

    /// How long it took.
    std::chrono::nanoseconds until(const timespec& deadline) {
        const auto before = steady_clock::now();
        EXPECT_EQ(cnd_timedwait(&condition, &mutex, &deadline), thrd_timedout);
        return steady_clock::now() - before;
    }

    cnd_t condition;
    mtx_t mutex;
};

TEST(SteadyWaits, EndAtTheirTime) {
    timespec deadline{};
    timespec_get(&deadline, TIME_UTC);
    EXPECT_LT(Waiting().until(deadline), 900ms);
    deadline.tv_sec += 1;
    EXPECT_GE(Waiting().until(deadline), 900ms);
}

TEST(SteadyWaits, EndAtATimeOfTheWallClockToo) {
    timespec deadline{};
    clock_gettime(CLOCK_REALTIME, &deadline);
    EXPECT_LT(Waiting().until(deadline), 900ms);
    deadline.tv_sec += 1;
    EXPECT_GE(Waiting().until(deadline), 900ms);
}

}  // namespace
}  // namespace infra::kafka

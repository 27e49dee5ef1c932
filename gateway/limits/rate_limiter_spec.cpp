#include "gateway/limits/rate_limiter.hpp"
#include "infra/memory/manual_clock.hpp"

#include <gtest/gtest.h>

namespace gateway {
namespace {

using namespace std::chrono_literals;

class RateLimiterSpec : public ::testing::Test {
  protected:
    /// How many of `asked` commands are let through now.
    int taken(RateLimiter& limiter, const std::string& user, int asked) {
        int count = 0;
        for (int i = 0; i < asked; ++i) count += limiter.take(user) ? 0 : 1;
        return count;
    }

    infra::memory::ManualClock clock_;
    RateLimiter limiter_{clock_, {.per_s = 2, .burst = 3}, 4};
};

TEST_F(RateLimiterSpec, LetsABurstThroughAndThenTheRate) {
    EXPECT_EQ(taken(limiter_, "ada", 9), 3);
    clock_.advance(499ms);
    EXPECT_EQ(taken(limiter_, "ada", 9), 0);
    clock_.advance(1ms);
    EXPECT_EQ(taken(limiter_, "ada", 9), 1);
    clock_.advance(1s);
    EXPECT_EQ(taken(limiter_, "ada", 9), 2);
    clock_.advance(1h);
    EXPECT_EQ(taken(limiter_, "ada", 9), 3);
}

TEST_F(RateLimiterSpec, SaysWhenTheNextMayCome) {
    RateLimiter slow(clock_, {.per_s = 1, .burst = 1});
    EXPECT_EQ(slow.take("ada"), std::nullopt);
    EXPECT_EQ(slow.take("ada"), 1s);
    clock_.advance(999ms);
    EXPECT_EQ(slow.take("ada"), 1ms);
    clock_.advance(1ms);
    EXPECT_EQ(slow.take("ada"), std::nullopt);
}

TEST_F(RateLimiterSpec, CountsEachUserAlone) {
    EXPECT_EQ(taken(limiter_, "ada", 9), 3);
    EXPECT_EQ(taken(limiter_, "bob", 9), 3);
}

TEST_F(RateLimiterSpec, ChargesNothingForWhatItRefuses) {
    taken(limiter_, "ada", 1'000);
    clock_.advance(500ms);
    EXPECT_EQ(taken(limiter_, "ada", 9), 1);
}

TEST_F(RateLimiterSpec, RemembersTheUsersWhoCameLast) {
    taken(limiter_, "ada", 3);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(taken(limiter_, "user-" + std::to_string(i), 1), 1);
        EXPECT_EQ(taken(limiter_, "ada", 1), 0);
        EXPECT_LE(limiter_.users(), 4u);
    }
    for (const char* user : {"a", "b", "c", "d"}) limiter_.take(user);
    EXPECT_EQ(taken(limiter_, "ada", 9), 3);
}

TEST_F(RateLimiterSpec, KeepsARateAboveItsClocksTick) {
    RateLimiter fast(clock_, {.per_s = 5'000, .burst = 1});
    taken(fast, "ada", 100);
    int count = 0;
    for (int ms = 0; ms < 1'000; ++ms) {
        clock_.advance(1ms);
        count += taken(fast, "ada", 100);
    }
    EXPECT_EQ(count, 5'000);
}

TEST_F(RateLimiterSpec, WeighsWhatIsTaken) {
    RateLimiter bytes(clock_, {.per_s = 1'000, .burst = 3'000});
    EXPECT_EQ(bytes.take("ada", 2'500), std::nullopt);
    EXPECT_EQ(bytes.take("ada", 1'500), 1s);
    EXPECT_EQ(bytes.take("ada", 500), std::nullopt);
    clock_.advance(1s);
    EXPECT_EQ(bytes.take("ada", 1'001), 1ms);
    EXPECT_EQ(bytes.take("ada", 1'000), std::nullopt);
}

TEST_F(RateLimiterSpec, GivesMoreThanABurstToWhoHasRestedAndThenWaits) {
    RateLimiter bytes(clock_, {.per_s = 1'000, .burst = 3'000});
    EXPECT_EQ(bytes.take("ada", 1), std::nullopt);
    EXPECT_EQ(bytes.take("ada", 10'000), 1ms);
    clock_.advance(1ms);
    EXPECT_EQ(bytes.take("ada", 10'000), std::nullopt);
    clock_.advance(7s);
    EXPECT_EQ(bytes.take("ada"), 1ms);
    clock_.advance(1ms);
    EXPECT_EQ(bytes.take("ada"), std::nullopt);
}

TEST_F(RateLimiterSpec, ChargesACostThatIsKnownAfterwards) {
    limiter_.take("ada");
    limiter_.charge("ada", 6);
    EXPECT_EQ(limiter_.take("ada"), 2'500ms);
    clock_.advance(2'500ms);
    EXPECT_EQ(taken(limiter_, "ada", 9), 1);
    EXPECT_EQ(taken(limiter_, "bob", 9), 3);
}

TEST_F(RateLimiterSpec, HoldsWhateverTheNumbers) {
    RateLimiter bytes(clock_, {.per_s = 1'000'000'000, .burst = 1'000'000'000});
    EXPECT_EQ(bytes.take("ada", 64'000'000'000), std::nullopt);
    EXPECT_EQ(bytes.take("ada"), 63'001ms);
}

TEST_F(RateLimiterSpec, IsOffAtZero) {
    RateLimiter off(clock_, {.per_s = 0});
    EXPECT_EQ(taken(off, "ada", 10'000), 10'000);
    EXPECT_EQ(off.users(), 0u);
}

}  // namespace
}  // namespace gateway

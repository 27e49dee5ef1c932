#include "domain/kernel/repeats.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

using namespace std::chrono_literals;

TEST(Repeats, TellsTheFirstAndThenCounts) {
    Repeats repeats(10s);
    EXPECT_EQ(repeats.occurred(0s), 1u);
    EXPECT_EQ(repeats.occurred(1s), 0u);
    EXPECT_EQ(repeats.occurred(9'999ms), 0u);
    EXPECT_EQ(repeats.occurred(10s), 3u);
    EXPECT_EQ(repeats.occurred(19s), 0u);
    EXPECT_EQ(repeats.occurred(1h), 2u);
}

TEST(Repeats, TellsOfTheEndOfAFlood) {
    Repeats repeats(10s);
    EXPECT_EQ(repeats.left(0s), 0u);
    for (int i = 0; i < 10'000; ++i) repeats.occurred(1s);
    EXPECT_EQ(repeats.left(10s), 0u);
    EXPECT_EQ(repeats.left(11s), 9'999u);
    EXPECT_EQ(repeats.left(1h), 0u);
}

TEST(Repeats, TellsTheFirstOfEachKindAtOnce) {
    Repeats repeats(10s, 3);
    EXPECT_EQ(repeats.occurred(0s, 1, "away"), 1u);
    EXPECT_EQ(repeats.occurred(1s, 1, "away"), 0u);
    EXPECT_EQ(repeats.occurred(2s, 1, "refused"), 2u);
    EXPECT_EQ(repeats.occurred(9s, 1, "refused"), 0u);
    EXPECT_EQ(repeats.occurred(10s, 1, "away"), 2u);
}

TEST(Repeats, TellsOfNoMoreKindsThanSoManyInATimeSpan) {
    Repeats repeats(10s, 3);
    std::size_t lines = 0;
    std::size_t told = 0;
    for (int ms = 0; ms < 100'000; ++ms) {
        const std::size_t count =
            repeats.occurred(std::chrono::milliseconds(ms), 1, std::to_string(ms));
        lines += count == 0 ? 0 : 1;
        told += count;
    }
    EXPECT_EQ(lines, 30u);
    EXPECT_EQ(told + repeats.left(100s), 100'000u);
}

TEST(Repeats, SaysHowOften) {
    EXPECT_EQ(times(1), "");
    EXPECT_EQ(times(42), " (42 times)");
}

TEST(Repeats, KnowsLinesThatDifferInNumbersAlone) {
    EXPECT_EQ(without_digits("broker 1 is away after 17 ms"), "broker  is away after  ms");
    EXPECT_EQ(without_digits("broker 22 is away after 9 ms"), "broker  is away after  ms");
}

}  // namespace
}  // namespace domain

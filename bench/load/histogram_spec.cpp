#include "bench/load/histogram.hpp"

#include <gtest/gtest.h>

using bench::Histogram;
using std::chrono::nanoseconds;

TEST(Histogram, KeepsQuantilesToOnePercentOverManyMagnitudes) {
    for (const std::int64_t unit : {1, 1'000, 1'000'000, 1'000'000'000}) {
        Histogram histogram;
        for (std::int64_t i = 1; i <= 10'000; ++i) histogram.add(nanoseconds(i * unit));
        for (const double share : {0.5, 0.9, 0.99, 0.999}) {
            const double exact = share * 10'000 * static_cast<double>(unit);
            const auto read = static_cast<double>(histogram.quantile(share).count());
            EXPECT_NEAR(read, exact, exact * 0.01) << share << " of " << unit;
        }
        EXPECT_EQ(histogram.quantile(1), nanoseconds(10'000 * unit));
        EXPECT_EQ(histogram.max(), nanoseconds(10'000 * unit));
    }
}

TEST(Histogram, OfNothingIsZero) {
    EXPECT_EQ(Histogram().quantile(0.5), nanoseconds(0));
    EXPECT_EQ(Histogram().count(), 0);
}

TEST(Histogram, OneSlowOneShowsOnlyAtItsShare) {
    Histogram histogram;
    for (int i = 0; i < 999; ++i) histogram.add(nanoseconds(100));
    histogram.add(std::chrono::seconds(1));
    EXPECT_EQ(histogram.quantile(0.99), nanoseconds(100));
    EXPECT_EQ(histogram.quantile(0.9999), std::chrono::seconds(1));
}

TEST(Histogram, TakesTheLongestDurationThereIs) {
    Histogram histogram;
    histogram.add(nanoseconds::max());
    EXPECT_EQ(histogram.quantile(0.5), nanoseconds::max());
}

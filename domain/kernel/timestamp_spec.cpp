#include "domain/kernel/timestamp.hpp"

#include <gtest/gtest.h>

namespace domain {

Timestamp at(std::int64_t micros) { return Timestamp(std::chrono::microseconds(micros)); }

TEST(Timestamp, IsWrittenInUtcToTheMicrosecond) {
    EXPECT_EQ(to_string(at(0)), "1970-01-01T00:00:00.000000Z");
    EXPECT_EQ(to_string(at(1'769'860'800'000'001)), "2026-01-31T12:00:00.000001Z");
    EXPECT_EQ(to_string(at(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(Timestamp, ComesBackAsItWasWritten) {
    for (std::int64_t micros : {0L, -1L, 951'782'400'000'000L, 1'769'860'800'123'456L})
        EXPECT_EQ(parse_timestamp(to_string(at(micros))), at(micros));
}

TEST(Timestamp, IsReadWithAnyFractionAndOffset) {
    auto noon = at(1'769'860'800'000'000);
    EXPECT_EQ(parse_timestamp("2026-01-31T12:00:00Z"), noon);
    EXPECT_EQ(parse_timestamp("2026-01-31T12:00:00.5Z"), noon + std::chrono::milliseconds(500));
    EXPECT_EQ(
        parse_timestamp("2026-01-31T12:00:00.123456789Z"), noon + std::chrono::microseconds(123456)
    );
    EXPECT_EQ(parse_timestamp("2026-01-31T13:30:00+01:30"), noon);
    EXPECT_EQ(parse_timestamp("2026-01-31T07:00:00-05:00"), noon);
}

TEST(Timestamp, IsNothingElse) {
    for (auto text :
         {"",
          "2026",
          "2026-01-31",
          "2026-01-31T12:00:00",
          "2026-01-31 12:00:00Z",
          "2026-02-30T12:00:00Z",
          "2026-13-01T12:00:00Z",
          "2026-01-31T24:00:00Z",
          "2026-01-31T12:60:00Z",
          "2026-01-31T12:00:61Z",
          "2026-01-31T12:00:00.Z",
          "2026-01-31T12:00:00+0100",
          "2026-01-31T12:00:00+24:00",
          "+026-01-31T12:00:00Z",
          "2026-01-31T12:00:00Zx",
          "0000-01-01T00:59:59+01:00",
          "9999-12-31T23:00:00-01:00",
          "1769860800"})
        EXPECT_EQ(parse_timestamp(text), std::nullopt) << text;
}

TEST(Date, IsWrittenAndRead) {
    using namespace std::chrono_literals;
    const std::chrono::year_month_day leap = 2024y / 2 / 29;
    EXPECT_EQ(to_string(leap), "2024-02-29");
    EXPECT_EQ(parse_date("2024-02-29"), leap);
    EXPECT_EQ(parse_date("0000-01-01"), 0y / 1 / 1);
    EXPECT_EQ(to_string(9999y / 12 / 31), "9999-12-31");
    for (auto none : {2026y / 2 / 29, 10000y / 1 / 1, std::chrono::year(-1) / 1 / 1, 0y / 0 / 0})
        EXPECT_EQ(to_string(none), "");
}

TEST(Date, IsNothingElse) {
    for (auto text :
         {"", "2026-02-29", "2026-13-01", "2026-1-1", "2026-01-31Z", "31.01.2026", "20260131"})
        EXPECT_EQ(parse_date(text), std::nullopt) << text;
}

}  // namespace domain

#include "domain/kernel/whole_number.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace domain {
namespace {

/// "fraction", "beyond", or the number.
template <class Integer = std::int64_t>
std::string said(std::string_view text, std::size_t decimals = 0) {
    const auto number = whole_number(text, decimals);
    if (!number) return "fraction";
    const auto fitting = number->as<Integer>();
    return fitting ? std::to_string(*fitting) : "beyond";
}

}  // namespace

TEST(WholeNumber, IsOneHoweverItIsWritten) {
    for (auto text : {"100", "1e2", "100.0", "1.0E+2", "0.1e3", "10000e-2", "100.000", "0.00001e7"})
        EXPECT_EQ(said(text), "100") << text;
    for (auto text : {"0", "-0", "0.000", "-0e5", "0e999999999999999999999", "0.0e-99999999999999"})
        EXPECT_EQ(said(text), "0") << text;
    EXPECT_EQ(said("9007199254740993.0"), "9007199254740993");
    EXPECT_EQ(said("-9007199254740993e0"), "-9007199254740993");
}

TEST(WholeNumber, IsNotOneWithAFraction) {
    for (auto text :
         {"1.5",
          "-0.1",
          "1e-1",
          "1e-400",
          "1e-99999999999999999999",
          "1000.0001e3",
          "123456789012345678901234567890.5"})
        EXPECT_EQ(said(text), "fraction") << text;
}

TEST(WholeNumber, CountsSmallerUnits) {
    for (auto text : {"12.5", "12.50", "1.25e1", "12.5000000", "0.125E+2", "1250e-2"})
        EXPECT_EQ(said(text, 2), "1250") << text;
    EXPECT_EQ(said("-0.01", 2), "-1");
    EXPECT_EQ(said("-0", 2), "0");
    EXPECT_EQ(said("1e-18", 18), "1");
    EXPECT_EQ(said("92233720368547758.07", 2), "9223372036854775807");
    EXPECT_EQ(said("92233720368547758.08", 2), "beyond");
    EXPECT_EQ(said("1e400", 2), "beyond");
    for (auto text : {"12.505", "0.001", "1e-3", "1e-400"}) EXPECT_EQ(said(text, 2), "fraction");
}

TEST(WholeNumber, FitsOrDoesNot) {
    EXPECT_EQ(said("9223372036854775807"), "9223372036854775807");
    EXPECT_EQ(said("9223372036854775808"), "beyond");
    EXPECT_EQ(said("-9223372036854775808"), "-9223372036854775808");
    EXPECT_EQ(said("-9223372036854775809"), "beyond");
    EXPECT_EQ(said<std::uint64_t>("18446744073709551615.0"), "18446744073709551615");
    EXPECT_EQ(said<std::uint64_t>("18446744073709551616"), "beyond");
    EXPECT_EQ(said<std::uint64_t>("12345678901234567890.0"), "12345678901234567890");
    EXPECT_EQ(said<std::uint64_t>("-1"), "beyond");
    EXPECT_EQ(said<std::uint64_t>("-0"), "0");
    EXPECT_EQ(said<std::int8_t>("-128"), "-128");
    EXPECT_EQ(said<std::int8_t>("-129"), "beyond");
    EXPECT_EQ(said<std::int8_t>("127"), "127");
    EXPECT_EQ(said<std::int8_t>("128"), "beyond");
    EXPECT_EQ(said<std::uint8_t>("255e0"), "255");
    EXPECT_EQ(said<std::uint8_t>("256"), "beyond");
    for (auto text : {"1e400", "1.5e400", "-1e30", "1e99999999999999999999"})
        EXPECT_EQ(said(text), "beyond") << text;
}

TEST(WholeNumber, IsReadAtOnceHoweverLong) {
    const std::string zeros(1'000'000, '0');
    EXPECT_EQ(said("1" + zeros), "beyond");
    EXPECT_EQ(said("1" + zeros + "e-1000000"), "1");
    EXPECT_EQ(said("0." + zeros + "1e1000001"), "1");
    EXPECT_EQ(said("7." + zeros), "7");
    EXPECT_EQ(said("7." + zeros + "1"), "fraction");
    EXPECT_EQ(said("7e" + std::string(1'000'000, '9')), "beyond");
    EXPECT_EQ(said("7e-" + std::string(1'000'000, '9')), "fraction");
}

/// Moves the point of a number about, and takes it back with the exponent.
TEST(WholeNumber, IsTheSameWhereverItsPointIs) {
    std::mt19937_64 random(7);
    for (int round = 0; round < 10'000; ++round) {
        const auto value = static_cast<std::int64_t>(random() >> random() % 64);
        std::string digits = std::to_string(value);
        const std::size_t leading = random() % 3;
        digits.insert(value < 0 ? 1 : 0, leading, '0');  // not JSON, but harmless
        const std::size_t begin = value < 0 ? 2 : 1;
        const std::size_t point = begin + random() % (digits.size() - begin + 1);
        const auto moved = static_cast<std::int64_t>(digits.size() - point);
        const auto zeros = static_cast<std::int64_t>(random() % 4);
        std::string text = digits.substr(0, point) + "." + digits.substr(point) +
                           std::string(static_cast<std::size_t>(zeros) + 1, '0') + "e" +
                           std::to_string(moved);
        ASSERT_EQ(said(text), std::to_string(value)) << text;
    }
}

}  // namespace domain

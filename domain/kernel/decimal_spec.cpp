#include "domain/kernel/decimal.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace domain {
namespace {

using Money = Decimal<2>;
constexpr auto largest = Money::of_units(std::numeric_limits<std::int64_t>::max());
constexpr auto smallest = Money::of_units(std::numeric_limits<std::int64_t>::min());

/// What becomes of a text that is read and written.
std::string again(std::string_view text) {
    const auto value = Money::parse(text);
    return value ? to_string(*value) : "nothing";
}

}  // namespace

TEST(Decimal, IsWrittenWithAllOfItsDecimals) {
    EXPECT_EQ(to_string(Money()), "0.00");
    EXPECT_EQ(to_string(Money(12)), "12.00");
    EXPECT_EQ(to_string(Money::of_units(1250)), "12.50");
    EXPECT_EQ(to_string(Money::of_units(5)), "0.05");
    EXPECT_EQ(to_string(Money::of_units(-5)), "-0.05");
    EXPECT_EQ(to_string(Money::of_units(-100)), "-1.00");
    EXPECT_EQ(to_string(largest), "92233720368547758.07");
    EXPECT_EQ(to_string(smallest), "-92233720368547758.08");
    EXPECT_EQ(to_string(Decimal<18>("9.223372036854775807")), "9.223372036854775807");
    EXPECT_EQ(to_string(Decimal<1>("-0.1")), "-0.1");
}

TEST(Decimal, IsReadExactly) {
    EXPECT_EQ(again("12.5"), "12.50");
    EXPECT_EQ(again("12"), "12.00");
    EXPECT_EQ(again("12.5000000"), "12.50");
    EXPECT_EQ(again("-0"), "0.00");
    EXPECT_EQ(again("-0.00"), "0.00");
    EXPECT_EQ(again("92233720368547758.07"), to_string(largest));
    EXPECT_EQ(again("-92233720368547758.08"), to_string(smallest));
}

TEST(Decimal, IsNothingElse) {
    for (auto text :
         {"",
          "-",
          "+1",
          ".5",
          "5.",
          "05",
          "-05",
          "00",
          "1e2",
          "1.5e1",
          "0x10",
          " 1",
          "1 ",
          "1,5",
          "1.2.3",
          "--1",
          "NaN",
          "nan",
          "Infinity",
          "-inf",
          "1_0",
          "12.505",
          "0.001",
          "92233720368547758.08",
          "-92233720368547758.09",
          "99999999999999999999999999"})
        EXPECT_EQ(again(text), "nothing") << text;
    EXPECT_EQ(again(std::string_view("1\0", 2)), "nothing");
}

TEST(Decimal, IsALiteral) {
    constexpr Money price = "12.50";
    static_assert(price == Money::of_units(1250));
    static_assert(price > "12.49" && price + "0.01" == "12.51");
    const std::vector<Money> prices{"1.00", "-2"};
    EXPECT_EQ(to_string(prices.back()), "-2.00");
}

TEST(Decimal, HoldsWholeNumbersUpToItsRange) {
    static_assert(Money::holds(92233720368547758) && !Money::holds(92233720368547759));
    static_assert(Money::holds(-92233720368547758) && !Money::holds(-92233720368547759));
    static_assert(Decimal<18>::holds(9U) && !Decimal<18>::holds(10U));
}

TEST(Decimal, IsAddedAndMultiplied) {
    constexpr Money price = "12.50";
    static_assert(price + price == Money(25));
    static_assert(price - Money(20) == "-7.50");
    static_assert(-price == "-12.50");
    static_assert(price * 3 == "37.50" && 3 * price == price * 3U);
    static_assert(price * -1 < Money() && price * 0 == Money());
    Money total;
    for (int i = 0; i < 10; ++i) total += "0.10";
    EXPECT_EQ(total, Money(1));
}

TEST(Decimal, ThrowsWhereItWouldOverflow) {
    EXPECT_THROW(largest + "0.01", std::overflow_error);
    EXPECT_THROW(smallest - "0.01", std::overflow_error);
    EXPECT_THROW(-smallest, std::overflow_error);
    EXPECT_THROW(largest * 2, std::overflow_error);
    EXPECT_THROW(smallest * -1, std::overflow_error);
    EXPECT_THROW(Money(1) * std::numeric_limits<std::uint64_t>::max(), std::overflow_error);
    EXPECT_THROW(Money(std::numeric_limits<std::int64_t>::max()), std::overflow_error);
    EXPECT_THROW(Money(std::numeric_limits<std::uint64_t>::max()), std::overflow_error);
    EXPECT_EQ(to_string(largest + smallest), "-0.01");
}

}  // namespace domain

#pragma once

#include "domain/kernel/whole_number.hpp"

#include <algorithm>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace domain {

/// JSON's grammar of numbers, without an exponent: "12.50", but not "+1", ".5", "5.", "05" or
/// "1e2".
constexpr bool is_decimal(std::string_view text) {
    const auto are_digits = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == part.npos;
    };
    if (text.starts_with('-')) text.remove_prefix(1);
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::string_view whole = text.substr(0, point);
    return are_digits(whole) && (whole == "0" || whole.front() != '0') &&
           (point == text.size() || are_digits(text.substr(point + 1)));
}

/// A number with so many decimals, exactly: `Decimal<2> price = "12.50"`. No sum or product of it
/// is ever rounded; one that it cannot hold throws std::overflow_error. It holds 18 digits, and
/// some numbers of 19.
template <std::size_t decimals>
class Decimal {
    static_assert(decimals >= 1 && decimals <= 18, "a Decimal has 1 to 18 decimals");

  public:
    constexpr Decimal() = default;

    /// A literal; the compiler refuses what parse() does.
    template <std::size_t size>
    consteval Decimal(const char (&text)[size])
        : units_(parse(std::string_view(text, size - 1)).value().units_) {}

    template <std::integral Integer>
    constexpr explicit Decimal(Integer whole) {
        if (__builtin_mul_overflow(whole, one, &units_)) overflow();
    }

    /// Is it within the range?
    template <std::integral Integer>
    static constexpr bool holds(Integer whole) {
        std::int64_t units = 0;
        return !__builtin_mul_overflow(whole, one, &units);
    }

    /// So many of its smallest unit: `Decimal<2>::of_units(1250)` is 12.50.
    static constexpr Decimal of_units(std::int64_t units) {
        Decimal value;
        value.units_ = units;
        return value;
    }
    constexpr std::int64_t units() const { return units_; }

    /// Nothing if it is no decimal, has a fraction of the smallest unit, or is out of range. It may
    /// have fewer decimals, and more if they are 0.
    static constexpr std::optional<Decimal> parse(std::string_view text) {
        const auto number = is_decimal(text) ? whole_number(text, decimals) : std::nullopt;
        const auto units = number ? number->template as<std::int64_t>() : std::nullopt;
        if (!units) return std::nullopt;
        return of_units(*units);
    }

    constexpr Decimal& operator+=(Decimal other) {
        std::int64_t units = 0;
        if (__builtin_add_overflow(units_, other.units_, &units)) overflow();
        return *this = of_units(units);
    }
    constexpr Decimal& operator-=(Decimal other) {
        std::int64_t units = 0;
        if (__builtin_sub_overflow(units_, other.units_, &units)) overflow();
        return *this = of_units(units);
    }
    template <std::integral Integer>
    constexpr Decimal& operator*=(Integer times) {
        std::int64_t units = 0;
        if (__builtin_mul_overflow(units_, times, &units)) overflow();
        return *this = of_units(units);
    }

    friend constexpr Decimal operator-(Decimal value) { return Decimal() -= value; }
    friend constexpr Decimal operator+(Decimal a, Decimal b) { return a += b; }
    friend constexpr Decimal operator-(Decimal a, Decimal b) { return a -= b; }
    template <std::integral Integer>
    friend constexpr Decimal operator*(Decimal value, Integer times) {
        return value *= times;
    }
    template <std::integral Integer>
    friend constexpr Decimal operator*(Integer times, Decimal value) {
        return value *= times;
    }
    friend constexpr auto operator<=>(const Decimal&, const Decimal&) = default;

    /// With all of its decimals: "12.50", "-0.05".
    friend std::string to_string(Decimal value) {
        const auto units = static_cast<std::uint64_t>(value.units_);
        std::string text = std::to_string(value.units_ < 0 ? 0 - units : units);
        if (text.size() <= decimals) text.insert(0, decimals + 1 - text.size(), '0');
        text.insert(text.size() - decimals, 1, '.');
        return value.units_ < 0 ? '-' + text : text;
    }

  private:
    static constexpr std::int64_t one = [] {
        std::int64_t power = 1;
        for (std::size_t i = 0; i < decimals; ++i) power *= 10;
        return power;
    }();

    [[noreturn]] static void overflow() {
        throw std::overflow_error("a number is too large for its decimals");
    }

    std::int64_t units_ = 0;
};

}  // namespace domain

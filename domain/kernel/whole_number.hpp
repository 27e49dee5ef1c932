#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace domain {

/// A JSON number that is whole, exactly, however it is written: JSON Schema's integer (2020-12
/// Validation, section 6.1.1), so `1e2`, `100.0` and `-0` are.
struct WholeNumber {
    bool negative = false;
    bool beyond = false;  ///< it has more digits than `magnitude` can hold
    std::uint64_t magnitude = 0;

    /// Nothing, if it does not fit.
    template <std::integral Integer>
    constexpr std::optional<Integer> as() const {
        using Limits = std::numeric_limits<Integer>;
        if (beyond) return std::nullopt;
        if (!negative) {
            if (magnitude > static_cast<std::uint64_t>(Limits::max())) return std::nullopt;
            return static_cast<Integer>(magnitude);
        }
        // The magnitude of the smallest one is one more than that of the largest, or 0.
        const auto most = std::uint64_t{0} - static_cast<std::uint64_t>(Limits::min());
        if (magnitude > most) return std::nullopt;
        return static_cast<Integer>(std::uint64_t{0} - magnitude);
    }
};

namespace whole_number_detail {

/// More than any text has digits, and far from where sums of it overflow.
inline constexpr std::int64_t exponent_max = 1'000'000'000'000;

constexpr std::int64_t exponent_of(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    std::int64_t exponent = 0;
    for (char c : text) exponent = std::min(exponent * 10 + (c - '0'), exponent_max);
    return negative ? -exponent : exponent;
}

}  // namespace whole_number_detail

/// What a number says, by JSON's grammar, in units of which 10 to the power of `decimals` are one;
/// nothing if it has a fraction of such a unit. Takes time by the length of the text, whatever its
/// exponent.
constexpr std::optional<WholeNumber> whole_number(std::string_view text, std::size_t decimals = 0) {
    WholeNumber number;
    if (text.starts_with('-')) {
        number.negative = true;
        text.remove_prefix(1);
    }
    auto exponent = static_cast<std::int64_t>(decimals);
    if (const std::size_t e = text.find_first_of("eE"); e != text.npos) {
        exponent += whole_number_detail::exponent_of(text.substr(e + 1));
        text = text.substr(0, e);
    }
    const std::size_t point = std::min(text.find('.'), text.size());
    const std::size_t last = text.find_last_not_of("0.");
    if (last == text.npos) return WholeNumber{};  // 0, also -0 and 0e9

    // Up to the last digit that is not 0 there is a whole number; the rest is a power of ten.
    const auto distance = static_cast<std::int64_t>(point) - static_cast<std::int64_t>(last);
    const std::int64_t zeros = exponent + (distance > 0 ? distance - 1 : distance);
    if (zeros < 0) return std::nullopt;

    const auto append = [&number](unsigned digit) {
        constexpr auto most = std::numeric_limits<std::uint64_t>::max();
        number.beyond = number.beyond || number.magnitude > (most - digit) / 10;
        number.magnitude = number.magnitude * 10 + digit;
    };
    for (char c : text.substr(0, last + 1))
        if (c != '.') append(static_cast<unsigned>(c - '0'));
    for (std::int64_t i = 0; i < zeros && !number.beyond; ++i) append(0);
    return number;
}

}  // namespace domain

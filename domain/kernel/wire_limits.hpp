#pragma once

// What the value of a field may be, beyond its type. Commands are held to it when they are read;
// events, which are stored for ever, and states are not.
//
//     field("cents", &DepositMoney::cents, at_least(1), at_most(1'000'000))
//     field("price", &Line::price, at_most(Decimal<2>("99999.99")))
//     field("note", &Line::note, length(1, 200))
//     field("lines", &Order::lines, items(1, 50))
//
// They hold for what an optional field has, if it has anything.

#include "domain/kernel/wire_description.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace domain {

/// Why a value is beyond a limit: see FieldError.
struct Excess {
    std::string_view code;
    std::string message;
};

namespace limits {

/// Can a field of type T be held to a number of this type? Decimals to whole numbers, too.
template <class T, class Number>
inline constexpr bool compares = WireInteger<Number> ? WireInteger<T> || WireDecimal<T>
                                                     : WireDecimal<T>&& std::same_as<T, Number>;

/// Is the number one that a T can be?
template <class T, class Number>
constexpr bool holds(const Number& number) {
    if constexpr (WireInteger<T>)
        return std::in_range<T>(number);
    else if constexpr (WireInteger<Number>)
        return T::holds(number);
    else
        return true;
}

template <class Number>
std::string shown(const Number& number) {
    using std::to_string;
    return to_string(number);
}

/// "1 character", "2 characters"
inline std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + ' ' + std::string(what) + (count == 1 ? "." : "s.");
}

}  // namespace limits

template <class Number>
struct AtLeast {
    Number bound;

    template <class T>
    static constexpr bool fits = limits::compares<T, Number>;

    template <class T>
    constexpr bool can_be_kept() const {
        return limits::holds<T>(bound);
    }

    template <class T>
    std::optional<Excess> excess(const T& value) const {
        if (value >= static_cast<T>(bound)) return std::nullopt;
        return Excess{"too-small", "This must be at least " + limits::shown(bound) + '.'};
    }
};

template <class Number>
struct AtMost {
    Number bound;

    template <class T>
    static constexpr bool fits = limits::compares<T, Number>;

    template <class T>
    constexpr bool can_be_kept() const {
        return limits::holds<T>(bound);
    }

    template <class T>
    std::optional<Excess> excess(const T& value) const {
        if (value <= static_cast<T>(bound)) return std::nullopt;
        return Excess{"too-large", "This must be at most " + limits::shown(bound) + '.'};
    }
};

/// Of a string, in characters: code points of Unicode, as JSON Schema counts them.
struct Length {
    std::size_t min;
    std::size_t max;

    template <class T>
    static constexpr bool fits = std::same_as<T, std::string>;

    template <class T>
    constexpr bool can_be_kept() const {
        return min <= max;
    }

    std::optional<Excess> excess(std::string_view text) const {
        const auto begins = [](char c) { return (c & 0xc0) != 0x80; };
        const auto count = static_cast<std::size_t>(std::ranges::count_if(text, begins));
        if (count < min)
            return Excess{
                "too-short", "This must have at least " + limits::counted(min, "character")};
        if (count > max)
            return Excess{
                "too-long", "This must have at most " + limits::counted(max, "character")};
        return std::nullopt;
    }
};

/// Of a list or a map.
struct Items {
    std::size_t min;
    std::size_t max;

    template <class T>
    static constexpr bool fits = !WireText<T> && requires(const T& list) {
        list.size();
    };

    template <class T>
    constexpr bool can_be_kept() const {
        return min <= max;
    }

    template <class T>
    std::optional<Excess> excess(const T& list) const {
        if (list.size() < min)
            return Excess{"too-few", "This must have at least " + limits::counted(min, "item")};
        if (list.size() > max)
            return Excess{"too-many", "This must have at most " + limits::counted(max, "item")};
        return std::nullopt;
    }
};

template <class Number>
constexpr AtLeast<Number> at_least(Number bound) {
    return {bound};
}

template <class Number>
constexpr AtMost<Number> at_most(Number bound) {
    return {bound};
}

constexpr Length length(std::size_t min, std::size_t max) { return {min, max}; }

constexpr Items items(std::size_t min, std::size_t max) { return {min, max}; }

}  // namespace domain

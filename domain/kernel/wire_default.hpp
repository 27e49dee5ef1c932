#pragma once

// What a field is in an event that was stored before there was the field.
//
//     field("author", &Noted::author, otherwise("unknown"))
//     field("tags", &Noted::tags, otherwise())               // empty, as a new Noted has it
//
// It stands beside the limits. A command that lacks the field is refused all the same: what a
// command may leave out is a std::optional, and decide() says what it means then.

#include "domain/kernel/wire_limits.hpp"

#include <concepts>
#include <optional>
#include <tuple>

namespace domain {

template <>
struct Otherwise<> {
    template <class T>
    static constexpr bool fits = !is_optional<T>;

    template <class T>
    constexpr bool can_be_kept() const {
        return true;
    }

    template <class T>
    T as() const {
        return T{};
    }

    std::optional<Excess> excess(const auto&) const { return std::nullopt; }
};

template <class Value>
struct Otherwise<Value> {
    Value value;

    template <class T>
    static constexpr bool is_number = WireInteger<T> || WireDecimal<T>;

    template <class T>
    static constexpr bool fits =
        !is_optional<T> && (is_number<T>            ? limits::compares<T, Value>
                            : std::same_as<T, bool> ? std::same_as<Value, bool>
                                                    : std::convertible_to<Value, T>);

    template <class T>
    constexpr bool can_be_kept() const {
        if constexpr (is_number<T>) return limits::holds<T>(value);
        return true;
    }

    template <class T>
    T as() const {
        return static_cast<T>(value);
    }

    std::optional<Excess> excess(const auto&) const { return std::nullopt; }
};

constexpr Otherwise<> otherwise() { return {}; }

template <class Value>
constexpr Otherwise<Value> otherwise(Value value) {
    return {value};
}

}  // namespace domain

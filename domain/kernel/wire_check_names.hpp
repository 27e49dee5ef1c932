#pragma once

// Which names can stand in a description beside each other, for wire_check.hpp.

#include "domain/kernel/utf8.hpp"
#include "domain/kernel/wire_description.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace domain::wire_check {

/// Can it stand between quotes as it is?
constexpr bool is_field_name(std::string_view name) {
    bool sound = !name.empty();
    while (sound && !name.empty()) {
        const std::size_t bytes = utf8_length(name);
        sound = bytes > 0 && name[0] != '"' && name[0] != '\\' && (name[0] & 0xe0) != 0;
        name.remove_prefix(bytes);
    }
    return sound;
}

/// Is none of them there twice?
constexpr bool all_differ(const auto& list) {
    return std::ranges::all_of(list, [&](const auto& one) {
        return std::ranges::count(list, one) == 1;
    });
}

/// Are these one member of the struct, or two of one name?
template <class A, class B>
constexpr bool same_field(const A& a, const B& b) {
    if constexpr (std::is_same_v<decltype(a.member), decltype(b.member)>)
        if (a.member == b.member) return true;
    return a.name == b.name;
}

/// Each field is the same as one: itself.
template <class Struct>
consteval bool fields_differ() {
    return std::apply(
        [](const auto&... fields) {
            [[maybe_unused]] const auto alone = [&](const auto& field) {
                return (same_field(field, fields) + ... + 0) < 2;
            };
            return (alone(fields) && ...);
        },
        wire<Struct>.fields
    );
}

/// Has the struct a field of this name?
template <class Struct>
constexpr bool has_field(std::string_view name) {
    return std::apply(
        [&](const auto&... fields) {
            [[maybe_unused]] const auto is_it = [&](const auto& field) {
                return field.name == name;
            };
            return (is_it(fields) || ...);
        },
        wire<Struct>.fields
    );
}

/// g++ and clang spell a value that no enumerator has as "(Status)7".
template <auto value>
consteval bool is_enumerator() {
    const std::string_view spelled = __PRETTY_FUNCTION__;
    const char next = spelled[spelled.rfind(')') + 1];
    return next != '-' && (next < '0' || next > '9');
}

template <class Enum, int number>
consteval bool is_named() {
    constexpr auto value = static_cast<Enum>(number);
    return !is_enumerator<value>() || std::ranges::count(wire<Enum>.values, value) > 0;
}

/// Has each enumerator from 0 to 63 a name? Those beyond are found when they are written.
template <class Enum>
consteval bool all_named() {
    if constexpr (requires { Enum{0}; })  // else not every number is a value of it
        return []<int... number>(std::integer_sequence<int, number...>) {
            return (is_named<Enum, number>() && ...);
        }
    (std::make_integer_sequence<int, 64>{});
    return true;
}

}  // namespace domain::wire_check

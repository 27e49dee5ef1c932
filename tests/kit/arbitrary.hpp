#pragma once

#include "domain/kernel/wire_check.hpp"
#include "tests/kit/choices.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace kit {

/// Any value of a type, drawn from choices. Specialise it for a type of your own.
template <class T>
struct Arbitrary {
    static_assert(
        std::is_aggregate_v<T>,
        "no values of this type are known: specialise kit::Arbitrary<T> for it, or give a "
        "AnyHistory a generator of commands"
    );
    static T draw(Choices& choices) {
        T value{};
        draw_fields<domain::wire_check::fields_of<T>()>(value, choices);
        return value;
    }

  private:
    template <class... Fields>
    static void draw_all(Choices& choices, Fields&... fields) {
        ((fields = Arbitrary<Fields>::draw(choices)), ...);
    }

    template <std::size_t count>
    static void draw_fields(T& value, Choices& choices) {
        static_assert(count <= 8, "a struct of more than 8 fields: specialise kit::Arbitrary<T>");
        if constexpr (count == 1) {
            auto& [a] = value;
            draw_all(choices, a);
        } else if constexpr (count == 2) {
            auto& [a, b] = value;
            draw_all(choices, a, b);
        } else if constexpr (count == 3) {
            auto& [a, b, c] = value;
            draw_all(choices, a, b, c);
        } else if constexpr (count == 4) {
            auto& [a, b, c, d] = value;
            draw_all(choices, a, b, c, d);
        } else if constexpr (count == 5) {
            auto& [a, b, c, d, e] = value;
            draw_all(choices, a, b, c, d, e);
        } else if constexpr (count == 6) {
            auto& [a, b, c, d, e, f] = value;
            draw_all(choices, a, b, c, d, e, f);
        } else if constexpr (count == 7) {
            auto& [a, b, c, d, e, f, g] = value;
            draw_all(choices, a, b, c, d, e, f, g);
        } else if constexpr (count == 8) {
            auto& [a, b, c, d, e, f, g, h] = value;
            draw_all(choices, a, b, c, d, e, f, g, h);
        }
    }
};

template <>
struct Arbitrary<bool> {
    static bool draw(Choices& choices) { return choices.yes(); }
};

/// Small ones mostly; some are negative, and some at the ends of what the type holds.
template <std::integral Integer>
struct Arbitrary<Integer> {
    static Integer draw(Choices& choices) {
        const auto value = static_cast<Integer>(choices.up_to(std::numeric_limits<Integer>::max()));
        const bool negative = std::is_signed_v<Integer> && choices.below(8) == 7;
        return static_cast<Integer>(negative ? -1 - value : value);
    }
};

/// Short ones; some are empty, and some hold what is not a letter.
template <>
struct Arbitrary<std::string> {
    static std::string draw(Choices& choices) {
        static const std::vector<std::string> characters{
            "a", "b", "Z", "1", " ", "/", "\"", "ü", "😀"};
        std::string text;
        for (auto size = choices.between(1, 4) % 4; size > 0; --size)
            text += choices.one_of(characters);
        return text;
    }
};

template <class T>
struct Arbitrary<std::optional<T>> {
    static std::optional<T> draw(Choices& choices) {
        if (!choices.yes()) return std::nullopt;
        return Arbitrary<T>::draw(choices);
    }
};

template <class T>
struct Arbitrary<std::vector<T>> {
    static std::vector<T> draw(Choices& choices) {
        std::vector<T> values;
        for (auto size = choices.below(4); size > 0; --size)
            values.push_back(Arbitrary<T>::draw(choices));
        return values;
    }
};

template <class... Each>
struct Arbitrary<std::variant<Each...>> {
    using Variant = std::variant<Each...>;
    static Variant draw(Choices& choices) {
        static constexpr Variant (*draws[]
        )(Choices&) = {[](Choices& from) -> Variant { return Arbitrary<Each>::draw(from); }...};
        return draws[choices.below(sizeof...(Each))](choices);
    }
};

}  // namespace kit

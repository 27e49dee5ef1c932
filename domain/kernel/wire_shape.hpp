#pragma once

// The shapes of described types, in words:
//
//     string, bool, int64, uint8, decimal(2); a text by its format: uuid, date-time, or text
//     [int64]                      a list
//     {string: int64}              a map
//     int64?                       optional
//     (draft|sent)                 an enum
//     {sku: string, count: uint8}  a struct
//     kind(card{...} | cash{})     a variant
//     ^                            a struct that holds itself

#include "domain/kernel/event_shape.hpp"
#include "domain/kernel/wire_check.hpp"
#include "domain/kernel/wire_writer.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <string_view>

namespace domain {

/// `Above` are the structs that hold this type.
template <class T, class... Above>
struct ShapeOf;

namespace shapes {

template <class T, class... Above>
inline constexpr bool holds_itself = (std::same_as<T, Above> || ...);

/// What reads back; its value before it is given any, if that does.
template <Textual T>
void sample_text(T& value) {
    for (std::string_view text : {"2026-01-31", "a", "1"}) {
        if (wire<T>.from_text(wire<T>.to_text(value))) return;
        if (auto meant = wire<T>.from_text(text)) value = *std::move(meant);
    }
}

}  // namespace shapes

template <class T, class... Above>
struct ShapeOf {
    /// How many samples it takes to show all that it may be.
    static constexpr std::size_t variety = WireInteger<T> ? 2 : 1;

    static std::string shape() {
        if constexpr (std::same_as<T, std::string>)
            return "string";
        else if constexpr (std::same_as<T, bool>)
            return "bool";
        else if constexpr (WireInteger<T>)
            return (std::is_signed_v<T> ? "int" : "uint") + std::to_string(sizeof(T) * 8);
        else
            return std::string(wire<T>.format.empty() ? "text" : wire<T>.format);
    }

    /// The sample number `which`, counted round.
    static void sample(T& value, std::size_t which) {
        if constexpr (std::same_as<T, std::string>)
            value = "text";
        else if constexpr (std::same_as<T, bool>)
            value = true;
        else if constexpr (WireInteger<T>)
            value = which % 2 == 0 ? std::numeric_limits<T>::max() : std::numeric_limits<T>::min();
        else
            shapes::sample_text(value);
    }
};

template <std::size_t decimals, class... Above>
struct ShapeOf<Decimal<decimals>, Above...> {
    using Units = ShapeOf<std::int64_t>;
    static constexpr std::size_t variety = Units::variety;

    static std::string shape() { return "decimal(" + std::to_string(decimals) + ')'; }
    static void sample(Decimal<decimals>& value, std::size_t which) {
        std::int64_t units = 0;
        Units::sample(units, which);
        value = Decimal<decimals>::of_units(units);
    }
};

template <Enumerated Enum, class... Above>
struct ShapeOf<Enum, Above...> {
    static constexpr std::size_t variety = wire<Enum>.names.size();

    static std::string shape() {
        std::string names;
        for (const std::string_view name : wire<Enum>.names) names += '|' + std::string(name);
        return '(' + names.substr(1) + ')';
    }
    static void sample(Enum& value, std::size_t which) {
        value = wire<Enum>.values[which % variety];
    }
};

template <class T, class... Above>
struct ShapeOf<std::optional<T>, Above...> {
    using Inner = ShapeOf<T, Above...>;
    static constexpr std::size_t variety = Inner::variety + 1;

    static std::string shape() { return Inner::shape() + '?'; }
    static void sample(std::optional<T>& value, std::size_t which) {
        if (which % variety < Inner::variety) Inner::sample(value.emplace(), which % variety);
    }
};

/// One sample of a list holds all of its elements'.
template <class T, class... Above>
struct ShapeOf<std::vector<T>, Above...> {
    using Inner = ShapeOf<T, Above...>;
    static constexpr std::size_t variety = 1;

    static std::string shape() { return '[' + Inner::shape() + ']'; }
    static void sample(std::vector<T>& values, std::size_t) {
        for (std::size_t i = 0; i < Inner::variety; ++i) {
            T value{};
            Inner::sample(value, i);
            values.push_back(std::move(value));
        }
    }
};

template <class Key, class T, class... Above>
struct ShapeOf<std::map<Key, T>, Above...> {
    using Keys = ShapeOf<Key>;
    using Inner = ShapeOf<T, Above...>;
    static constexpr std::size_t variety = std::max(Keys::variety, Inner::variety);

    static std::string shape() { return '{' + Keys::shape() + ": " + Inner::shape() + '}'; }
    static void sample(std::map<Key, T>& values, std::size_t which) {
        Key key{};
        Keys::sample(key, which);
        Inner::sample(values[std::move(key)], which);
    }
};

template <TaggedVariant Variant, class... Above>
struct ShapeOf<Variant, Above...> {
    template <std::size_t I>
    using Inner = ShapeOf<std::variant_alternative_t<I, Variant>, Above...>;
    static constexpr auto indices = std::make_index_sequence<std::variant_size_v<Variant>>{};

    static constexpr std::size_t variety = []<std::size_t... I>(std::index_sequence<I...>) {
        return (Inner<I>::variety + ...);
    }
    (indices);

    static std::string shape() {
        std::string all;
        const auto add = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            if (!all.empty()) all += " | ";
            all += std::string(wire<Variant>.names[I]) + Inner<I>::shape();
        };
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (add(std::integral_constant<std::size_t, I>{}), ...);
        }
        (indices);
        return std::string(wire<Variant>.tag) + '(' + all + ')';
    }

    static void sample(Variant& value, std::size_t which) {
        which %= variety;
        const auto take = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
            if (which < Inner<I>::variety) {
                Inner<I>::sample(value.template emplace<I>(), which);
                return true;
            }
            which -= Inner<I>::variety;
            return false;
        };
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (take(std::integral_constant<std::size_t, I>{}) || ...);
        }
        (indices);
    }
};

template <Described Struct, class... Above>
requires shapes::holds_itself<Struct, Above...>
struct ShapeOf<Struct, Above...> {
    static constexpr std::size_t variety = 1;
    static std::string shape() { return "^"; }
    static void sample(Struct&, std::size_t) {}
};

template <Described Struct, class... Above>
requires(!shapes::holds_itself<Struct, Above...>) struct ShapeOf<Struct, Above...> {
    template <class Owner, class Member, class... Limits>
    static ShapeOf<Member, Struct, Above...> of(const Field<Owner, Member, Limits...>&);
    template <class Owner, class Member>
    static ShapeOf<Member, Struct, Above...> of(const Hidden<Owner, Member>&);

    static constexpr std::size_t variety = std::apply(
        [](const auto&... field) {
            return std::max<std::size_t>({1, decltype(of(field))::variety...});
        },
        wire<Struct>.fields
    );

    static std::string shape() {
        std::string all;
        const auto add = [&](const auto& field) {
            if (!all.empty()) all += ", ";
            all += std::string(field.name) + ": " + decltype(of(field))::shape();
        };
        std::apply([&](const auto&... field) { (add(field), ...); }, wire<Struct>.fields);
        return '{' + all + '}';
    }

    static void sample(Struct& value, std::size_t which) {
        const auto fill = [&](const auto& field) {
            decltype(of(field))::sample(value.*field.member, which);
        };
        std::apply([&](const auto&... field) { (fill(field), ...); }, wire<Struct>.fields);
    }
};

/// Of a message.
template <class Message>
EventShape shape_of() {
    using Shape = ShapeOf<Message>;
    EventShape event{std::string(wire<Message>.name), Shape::shape(), {}};
    for (std::size_t i = 0; i < Shape::variety; ++i) {
        Message message{};
        Shape::sample(message, i);
        JsonWriter writer;
        writer.write(message, {});
        event.samples.push_back(std::move(writer).text());
    }
    return event;
}

}  // namespace domain

#pragma once

// What a wire file says of its types, each once: constants, through which code can walk while it is
// compiled, as the reader, the writer and the checks do.

#include "domain/kernel/decimal.hpp"

#include <array>
#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace domain {

/// `Limits` are those of wire_limits.hpp.
template <class Struct, class Member, class... Limits>
struct Field {
    std::string_view name;
    Member Struct::*member;
    std::tuple<Limits...> limits;
};

/// A field of a state that is nobody's business outside. A snapshot has it all the same, under a
/// name that its place in the wire gives it.
template <class Struct, class Member>
struct Hidden {
    Member Struct::*member;
    std::string_view name{};
    std::tuple<> limits{};
};

template <class Field>
inline constexpr bool is_hidden = false;
template <class Struct, class Member>
inline constexpr bool is_hidden<Hidden<Struct, Member>> = true;

template <class... Fields>
struct Wire {
    std::string_view name;  ///< of a command or an event; else empty
    std::tuple<Fields...> fields;
};

template <class Struct, class Member, class... Limits>
constexpr Field<Struct, Member, Limits...>
field(std::string_view name, Member Struct::*member, Limits... limits) {
    return {name, member, {limits...}};
}

template <class Struct, class Member>
constexpr Hidden<Struct, Member> hidden(Member Struct::*member) {
    return {member};
}

/// "hidden-07" is the eighth field of its wire.
template <std::size_t place>
inline constexpr std::array<char, 9>
    hidden_name{'h', 'i', 'd', 'd', 'e', 'n', '-', '0' + place / 10, '0' + place % 10};

template <std::size_t place, class Field>
constexpr Field named_by_place(Field field) {
    if constexpr (is_hidden<Field>)
        field.name = {hidden_name<place>.data(), hidden_name<place>.size()};
    return field;
}

template <class... Fields>
constexpr Wire<Fields...> message(std::string_view name, Fields... fields) {
    return [&]<std::size_t... place>(std::index_sequence<place...>) {
        return Wire<Fields...>{name, {named_by_place<place>(fields)...}};
    }
    (std::index_sequence_for<Fields...>{});
}

template <class... Fields>
constexpr Wire<Fields...> object(Fields... fields) {
    return message("", fields...);
}

/// An enum, whose enumerators have names: values[i] is names[i].
template <class E, std::size_t count>
struct Enumeration {
    using Enum = E;
    std::array<std::string_view, count> names;
    std::array<Enum, count> values;
};

template <class Enum>
struct Named {
    std::string_view name;
    Enum value;
};

template <class Enum>
constexpr Named<Enum> named(std::string_view name, Enum value) {
    return {name, value};
}

template <class Enum, std::same_as<Named<Enum>>... More>
constexpr Enumeration<Enum, 1 + sizeof...(More)> enumeration(Named<Enum> first, More... more) {
    return {{first.name, more.name...}, {first.value, more.value...}};
}

/// A variant of structs: the fields of the one that it holds, behind a field that says which it is.
/// names[i] is that of the alternative i.
template <class... Structs>
struct Tagged {
    using Variant = std::variant<Structs...>;
    std::string_view tag;
    std::array<std::string_view, sizeof...(Structs)> names;
};

template <class Struct>
struct Alternative {
    std::string_view name;
};

template <class Struct>
constexpr Alternative<Struct> alternative(std::string_view name) {
    return {name};
}

template <class... Structs>
constexpr Tagged<Structs...> tagged(std::string_view tag, Alternative<Structs>... alternatives) {
    return {tag, {alternatives.name...}};
}

/// A type that is a string in JSON. What to_text() writes, from_text() reads back as it was; what
/// it does not read is nothing, not an exception, since clients send it.
template <class T>
struct Text {
    using Type = T;
    std::string_view format;  ///< JSON Schema's word for it ("uuid"), or empty
    std::string (*to_text)(const T&);
    std::optional<T> (*from_text)(std::string_view);
    std::string_view message;  ///< what is said where that is nothing: one sentence
    std::string_view code;     ///< and for programs
};

template <class T>
constexpr Text<T> text(
    std::string_view format,
    std::string (*to_text)(const T&),
    std::optional<T> (*from_text)(std::string_view),
    std::string_view message,
    std::string_view code = "wrong-format"
) {
    return {format, to_text, from_text, message, code};
}

/// The description of a type; specialised, once for each, in a wire file.
template <class T>
inline constexpr auto wire = nullptr;

template <class T>
using WireOf = std::remove_cvref_t<decltype(wire<T>)>;

template <class T>
concept Described = requires {
    wire<T>.fields;
};

template <class T>
concept Enumerated = std::same_as<typename WireOf<T>::Enum, T>;

template <class T>
concept TaggedVariant = std::same_as<typename WireOf<T>::Variant, T>;

template <class T>
concept Textual = std::same_as<typename WireOf<T>::Type, T>;

/// What is a string in JSON, and so may be the key of a map.
template <class T>
concept WireText = std::same_as<T, std::string> || Enumerated<T> || Textual<T>;

/// A bool is none, nor is a character: it would go out as a number.
template <class T>
concept WireInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                      !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                      !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <class T>
inline constexpr bool is_decimal_type = false;
template <std::size_t decimals>
inline constexpr bool is_decimal_type<Decimal<decimals>> = true;
template <class T>
concept WireDecimal = is_decimal_type<T>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// What an optional, a list or a map holds, and by which keys.
template <class T>
struct Held {
    using type = void;
    using key = void;
};
template <class T>
struct Held<std::optional<T>> : Held<void> {
    using type = T;
};
template <class T>
struct Held<std::vector<T>> : Held<void> {
    using type = T;
};
template <class Key, class T>
struct Held<std::map<Key, T>> {
    using type = T;
    using key = Key;
};

}  // namespace domain

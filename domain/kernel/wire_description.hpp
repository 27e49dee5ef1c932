#pragma once

// What a wire file says of its types, each once: constants, through which code can walk while it is
// compiled, as the reader, the writer and the checks do.

#include "domain/kernel/decimal.hpp"

#include <array>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

namespace domain {

/// `Limits` are those of wire_limits.hpp.
template <class Struct, class Member, class... Limits>
struct Field {
    std::string_view name;
    Member Struct::*member;
    std::tuple<Limits...> limits;
};

/// A field of a state that is nobody's business outside.
template <class Struct, class Member>
struct Hidden {
    Member Struct::*member;
};

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

template <class... Fields>
constexpr Wire<Fields...> message(std::string_view name, Fields... fields) {
    return {name, {fields...}};
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

}  // namespace domain

#pragma once

// What the compiler refuses of an aggregate, since it would corrupt silently: each in one sentence,
// below a line that names the type ("In instantiation of …").

#include "domain/kernel/names.hpp"
#include "domain/kernel/wire_check_names.hpp"
#include "domain/kernel/wire_default.hpp"
#include "domain/kernel/wire_description.hpp"
#include "domain/kernel/wire_limits.hpp"

#include <type_traits>
#include <variant>

namespace domain::wire_check {

/// Stands for a value of any field, to count them.
struct Anything {
    template <class T>
    operator T() const;
};

/// Of how many values a plain struct can be made, which is how many fields it has.
template <class Struct, class... Values>
consteval std::size_t fields_of() {
    if constexpr (requires { Struct{std::declval<Values>()..., std::declval<Anything>()}; })
        return fields_of<Struct, Values..., Anything>();
    else
        return sizeof...(Values);
}

template <class T>
concept Variant = requires {
    std::variant_size<T>::value;
};

template <class Struct>
using FieldIndices = std::make_index_sequence<std::tuple_size_v<decltype(WireOf<Struct>::fields)>>;

/// An event of old is read only, and given to an upcast.
enum class Use { command, event, old_event, state };

/// `Above` are the structs that are being checked: one may hold a list of its own kind.
template <Use use, class... Above>
struct Check {
    template <class T>
    static consteval bool type() {
        if constexpr ((std::is_same_v<T, Above> || ...))
            return true;
        else if constexpr (Described<T>)
            return Check<use, T, Above...>::template fields<T>();
        else if constexpr (Enumerated<T>)
            return enumerators<T>();
        else if constexpr (TaggedVariant<T>)
            return alternatives<T>(std::type_identity<T>{});
        else if constexpr (!std::is_void_v<typename Held<T>::type>)
            return held<T>();
        else
            return value<T>();
    }

    template <class T>
    static consteval bool held() {
        using Inner = typename Held<T>::type;
        static_assert(
            !is_optional<Inner>,
            "a list, a map or an optional of optionals does not come back from JSON as it was: "
            "hold an optional in a struct of its own"
        );
        if constexpr (!std::is_void_v<typename Held<T>::key>) {
            using Key = typename Held<T>::key;
            static_assert(
                WireText<Key>,
                "the key of a map is no text in JSON: take a std::string, an enum with names, a "
                "Uuid, or a type with text(...)"
            );
            return type<Key>() && type<Inner>();
        }
        return type<Inner>();
    }

    template <class T>
    static consteval bool value() {
        static_assert(
            std::is_same_v<T, std::remove_cv_t<T>> &&
                (std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_class_v<T>),
            "a field is of a type that JSON cannot fill: wire.hpp lists what it may be"
        );
        static_assert(
            !std::is_floating_point_v<T>,
            "a field is a floating-point number, which JSON and its readers round: take a "
            "Decimal<2>, with as many decimals as you need, or an integer of a smaller unit"
        );
        static_assert(
            !std::is_enum_v<T>,
            "a field is an enum without names, which would go out as a number and change its "
            "meaning when an enumerator is added: say them above its use in the wire file, with "
            "wire<...> = enumeration(named(\"draft\", Status::draft), ...)"
        );
        static_assert(
            !std::is_integral_v<T> || WireInteger<T> || std::is_same_v<T, bool>,
            "a field is a character, neither text nor number: take a std::string or a std::int8_t"
        );
        static_assert(
            !Variant<T>,
            "a field is a variant without a tag, or that says other alternatives than it has, or "
            "in another order: describe it above its use in the wire file, with wire<...> = "
            "tagged(\"kind\", alternative<Card>(\"card\"), ...)"
        );
        static_assert(
            !std::is_class_v<T> || std::is_same_v<T, std::string> || WireDecimal<T> || Textual<T>,
            "a field is of a class that has no wire: describe it with object(field(...), ...) or "
            "text(...) above its use in the wire file; or take one that wire.hpp lists"
        );
        static_assert(
            std::is_default_constructible_v<T>,
            "a field is of a class that has no value before it is read: give it a constructor "
            "without parameters"
        );
        return is_comparable<T>();
    }

    template <class Enum>
    static consteval bool enumerators() {
        static_assert(
            all_differ(wire<Enum>.names) && all_differ(wire<Enum>.values),
            "two enumerators of an enumeration(...) have one name, or one is named twice"
        );
        static_assert(
            std::ranges::all_of(wire<Enum>.names, is_field_name),
            "the name of an enumerator is UTF-8 without quotes, backslashes and control characters"
        );
        static_assert(
            all_named<Enum>(),
            "an enumerator has no name in the enumeration(...) of its enum, and what holds it "
            "could not be stored"
        );
        return true;
    }

    template <class T, class... Structs>
    static consteval bool alternatives(std::type_identity<std::variant<Structs...>>) {
        static_assert(
            (Described<Structs> && ...),
            "an alternative of a variant is no struct that has a wire: describe it with "
            "object(field(...), ...) above its use in the wire file"
        );
        if constexpr ((Described<Structs> && ...)) {
            static_assert(
                all_differ(wire<T>.names),
                "two alternatives of this variant's tagged(...) have one name"
            );
            static_assert(
                is_field_name(wire<T>.tag) && std::ranges::all_of(wire<T>.names, is_field_name),
                "a tag, or the name of an alternative, is UTF-8 without quotes, backslashes and "
                "control characters"
            );
            static_assert(
                (!has_field<Structs>(wire<T>.tag) && ...),
                "a field of an alternative is named like the tag of its variant, and one would "
                "hide the other"
            );
            return (type<Structs>() && ...);
        }
        return true;
    }

    template <class T>
    static consteval bool is_comparable() {
        static_assert(
            use != Use::event || std::equality_comparable<T>,
            "an event, or what it holds, has no operator==, by which specs compare what "
            "happened: write `bool operator==(const ...&) const = default;` into it"
        );
        return use != Use::event || std::equality_comparable<T>;
    }

    template <class Struct>
    static consteval bool fields() {
        static_assert(
            std::is_aggregate_v<Struct>,
            "what has a wire is a plain struct: no constructor, nothing private, no virtual "
            "function"
        );
        static_assert(
            fields_differ<Struct>(),
            "two fields of this struct's wire have one name, or are one field twice"
        );
        static_assert(
            names_are_sound<Struct>(FieldIndices<Struct>{}),
            "the name of a field is UTF-8 without quotes, backslashes and control characters"
        );
        if constexpr (each_field<Struct>(FieldIndices<Struct>{})) {
            static_assert(
                limits_can_be_kept<Struct>(FieldIndices<Struct>{}),
                "a limit of a field in this struct's wire cannot be kept: it lies beyond what the "
                "field's type holds, as may its default, or its least is more than its most"
            );
            static_assert(
                FieldIndices<Struct>::size() == fields_of<Struct>(),
                "a field of this struct is missing in its message(...) or object(...), and what it "
                "holds would be lost; only a state may leave one out, by hidden(&State::field)"
            );
            return is_comparable<Struct>();
        }
        return false;
    }

    template <class Struct, std::size_t... I>
    static consteval bool names_are_sound(std::index_sequence<I...>) {
        return (is_field_name(std::get<I>(wire<Struct>.fields).name) && ...);
    }

    template <class Struct, std::size_t... I>
    static consteval bool each_field(std::index_sequence<I...>) {
        return (field<Struct>(std::get<I>(wire<Struct>.fields)) && ...);
    }

    template <class Struct, std::size_t... I>
    static consteval bool limits_can_be_kept(std::index_sequence<I...>) {
        return (limits_can_be_kept(std::get<I>(wire<Struct>.fields)) && ...);
    }

    template <class Struct, class Owner, class Member, class... Limits>
    static constexpr bool field(const Field<Owner, Member, Limits...>&) {
        static_assert(
            std::is_same_v<Struct, Owner>,
            "a field in this struct's wire belongs to another struct or to a base class"
        );
        static_assert(
            !(is_default<Limits> || ...) || !is_optional<Member>,
            "an optional field that an event lacks is empty already: a default would fill in what "
            "was left out"
        );
        static_assert(
            !(is_default<Limits> || ...) || use != Use::command || sizeof...(Above) > 1,
            "a default is for events that were stored before they had the field, and a command's "
            "field that may be left out is a std::optional"
        );
        static_assert(
            ((!is_default<Limits> || is_optional<Member> || limits::Fits<Limits, Member>)&&...),
            "the default of a field is not of the field's type"
        );
        static_assert(
            ((is_default<Limits> || limits::Fits<Limits, limits::Limited<Member>>)&&...),
            "a limit does not fit the type of its field: at_least and at_most are for integers and "
            "decimals (with bounds of that type, or whole), for times and dates, length for a "
            "std::string, items and each(...) for a list or a map, keys(...) for a map"
        );
        return type<Member>();
    }
    template <class Struct, class Owner, class Member>
    static constexpr bool field(const Hidden<Owner, Member>&) {
        static_assert(
            use == Use::state && std::is_same_v<Struct, Owner>,
            "only a field of a state may be hidden: what a command or an event does not say is lost"
        );
        return true;
    }

    template <class T, class Limit>
    static constexpr bool can_be_kept(const Limit& limit) {
        if constexpr (limits::Fits<Limit, T>) return limit.template can_be_kept<T>();
        return true;
    }
    template <class Owner, class Member, class... Limits>
    static constexpr bool limits_can_be_kept(const Field<Owner, Member, Limits...>& field) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return (can_be_kept<limits::Limited<Member>>(std::get<I>(field.limits)) && ...);
        }
        (std::index_sequence_for<Limits...>{});
    }
    template <class Owner, class Member>
    static constexpr bool limits_can_be_kept(const Hidden<Owner, Member>&) {
        return true;
    }
};

template <class Message>
consteval std::string_view name_of() {
    if constexpr (Described<Message>)
        return wire<Message>.name;
    else
        return "";
}

template <Use use, class Message>
consteval bool check_message() {
    static_assert(
        Described<Message>,
        "a command or an event has no wire: add wire<...> = message(\"name\", field(...), ...) to "
        "the wire file"
    );
    if constexpr (Described<Message>) {
        static_assert(
            is_message_name(wire<Message>.name),
            "the name of a command or an event is 1 to 100 letters, digits and \"._-\", with a "
            "letter or a digit first, since it stands in URLs and in the types of events"
        );
        Check<use>::template type<Message>();
    }
    return true;
}

template <class State>
consteval bool check_state() {
    static_assert(
        Described<State>,
        "a state has no wire, so nobody could look at it: add wire<...> = object(field(...), ...) "
        "to the wire file"
    );
    return Check<Use::state>::template type<State>();
}

template <Use use, class Variant>
struct Messages;
template <Use use, class... Each>
struct Messages<use, std::variant<Each...>> {
    static consteval bool check() {
        constexpr auto times = [](std::string_view name) {
            return ((name_of<Each>() == name) + ...);
        };
        return (check_message<use, Each>() && ...) && ((times(name_of<Each>()) == 1) && ...);
    }
};

}  // namespace domain::wire_check

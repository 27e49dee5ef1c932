#pragma once

// What the value of a field may be, beyond its type. Commands are held to it when they are read;
// events, which are stored for ever, and states are not.
//
//     field("cents", &DepositMoney::cents, at_least(1), at_most(1'000'000))
//     field("price", &Line::price, at_most(Decimal<2>("99999.99")))
//     field("note", &Line::note, length(1, 200))
//     field("born", &Join::born, at_least(year_month_day{1900y / 1 / 1}))
//     field("lines", &Order::lines, items(1, 50))
//     field("tags", &Post::tags, items(0, 10), each(length(1, 40)))
//     field("rates", &Offer::rates, keys(length(3, 3)), each(at_least(1)))
//
// They hold for what an optional field has, if it has anything.

#include "domain/kernel/wire_description.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace domain {

/// Why a value is beyond a limit: see FieldError.
struct Excess {
    std::string_view code;
    std::string message;
};

/// See wire_default.hpp: it stands among the limits.
template <class... Value>
struct Otherwise;
template <class Limit>
inline constexpr bool is_default = false;
template <class... Value>
inline constexpr bool is_default<Otherwise<Value...>> = true;

namespace limits {

/// What a field's limits hold for.
template <class T>
using Limited = std::conditional_t<is_optional<T>, typename Held<T>::type, T>;

template <class Limit, class T>
concept Fits = requires {
    requires Limit::template fits<T>;
};

/// Can a field of type T be held to a bound of this type? Decimals to whole numbers, too.
template <class T, class Value>
inline constexpr bool compares = WireInteger<Value>
                                     ? WireInteger<T> || WireDecimal<T>
                                     : (WireDecimal<T> || Textual<T>)&&std::same_as<T, Value>;

/// Is the bound one that a T can be?
template <class T, class Value>
constexpr bool holds(const Value& bound) {
    if constexpr (WireInteger<T>)
        return std::in_range<T>(bound);
    else if constexpr (WireInteger<Value>)
        return T::holds(bound);
    else
        return true;
}

/// Of a list's elements, or a map's values or keys.
template <class T, class... Limits>
inline constexpr bool all_fit = ((Fits<Limits, T> && !is_default<Limits>)&&...);

template <class T, class... Limits>
constexpr bool all_can_be_kept(const std::tuple<Limits...>& limits) {
    return std::apply(
        [](const auto&... limit) { return (limit.template can_be_kept<T>() && ...); }, limits
    );
}

template <class Value>
std::string shown(const Value& bound) {
    if constexpr (Textual<Value>) {
        return wire<Value>.to_text(bound);
    } else {
        using std::to_string;
        return to_string(bound);
    }
}

/// "1 character", "2 characters"
inline std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + ' ' + std::string(what) + (count == 1 ? "." : "s.");
}

}  // namespace limits

/// Of numbers, and of types of text that have an order, as times and dates do.
enum class Side { least, most };

template <Side side, class Value>
struct Bound {
    Value bound;

    template <class T>
    static constexpr bool fits = limits::compares<T, Value>&& std::totally_ordered<T>;

    template <class T>
    constexpr bool can_be_kept() const {
        return limits::holds<T>(bound);
    }

    template <class T>
    std::optional<Excess> excess(const T& value) const {
        if (side == Side::least && value < static_cast<T>(bound))
            return Excess{"too-small", "This must be at least " + limits::shown(bound) + '.'};
        if (side == Side::most && value > static_cast<T>(bound))
            return Excess{"too-large", "This must be at most " + limits::shown(bound) + '.'};
        return std::nullopt;
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

/// What a list or a map holds, each held to these limits while it is read.
template <class... Limits>
struct OfEach {
    std::tuple<Limits...> limits;

    template <class T>
    static constexpr bool fits = !std::is_void_v<typename Held<T>::type> &&
                                 limits::all_fit<typename Held<T>::type, Limits...>;

    template <class T>
    constexpr bool can_be_kept() const {
        return limits::all_can_be_kept<typename Held<T>::type>(limits);
    }

    std::optional<Excess> excess(const auto&) const { return std::nullopt; }
};

/// And a map's keys.
template <class... Limits>
struct OfKeys {
    std::tuple<Limits...> limits;

    template <class T>
    static constexpr bool fits =
        !std::is_void_v<typename Held<T>::key> && limits::all_fit<typename Held<T>::key, Limits...>;

    template <class T>
    constexpr bool can_be_kept() const {
        return limits::all_can_be_kept<typename Held<T>::key>(limits);
    }

    std::optional<Excess> excess(const auto&) const { return std::nullopt; }
};

namespace limits {

/// Those of `limits` that are said of the parts of a field; none, if there are none.
template <template <class...> class Of>
constexpr auto of_parts(const auto& limits) {
    const auto one = []<class Limit>(const Limit& limit) {
        if constexpr (requires { []<class... L>(const Of<L...>&) {}(limit); })
            return limit.limits;
        else
            return std::tuple<>{};
    };
    return std::apply([&](const auto&... limit) { return std::tuple_cat(one(limit)...); }, limits);
}

constexpr auto of_each(const auto& limits) { return of_parts<OfEach>(limits); }
constexpr auto of_keys(const auto& limits) { return of_parts<OfKeys>(limits); }

}  // namespace limits

template <class Value>
constexpr Bound<Side::least, Value> at_least(Value bound) {
    return {bound};
}

template <class Value>
constexpr Bound<Side::most, Value> at_most(Value bound) {
    return {bound};
}

constexpr Length length(std::size_t min, std::size_t max) { return {min, max}; }

constexpr Items items(std::size_t min, std::size_t max) { return {min, max}; }

template <class... Limits>
constexpr OfEach<Limits...> each(Limits... limits) {
    return {{limits...}};
}

template <class... Limits>
constexpr OfKeys<Limits...> keys(Limits... limits) {
    return {{limits...}};
}

}  // namespace domain

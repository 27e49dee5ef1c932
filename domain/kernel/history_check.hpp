#pragma once

// What the compiler refuses of a history: see wire_check.hpp.

#include "domain/kernel/history.hpp"
#include "domain/kernel/wire_check.hpp"

namespace domain::history_check {

/// What comes of it in the end when an upcast makes this.
enum class End { event, nothing, circle };

template <class D, class Made, std::size_t upcasts = 0>
consteval End end_of() {
    using Entries = std::remove_cvref_t<decltype(history<D>.entries)>;
    if constexpr (std::convertible_to<Made, typename D::Event>) {
        return End::event;
    } else if constexpr (old_events::is_list<Made>) {
        return end_of<D, typename Made::value_type, upcasts>();
    } else {
        constexpr std::size_t index = old_events::upcast_of<Made>(history<D>);
        if constexpr (index == std::tuple_size_v<Entries>)
            return End::nothing;
        else if constexpr (upcasts == std::tuple_size_v<Entries>)
            return End::circle;
        else
            return []<class Old, class New>(const Upcast<Old, New>&) {
                return end_of<D, New, upcasts + 1>();
            }(std::get<index>(history<D>.entries));
    }
}

template <class D, class Entry>
struct CheckEntry {
    static consteval bool check() { return true; }
};
template <class D, class Old, class New>
struct CheckEntry<D, Upcast<Old, New>> {
    static consteval bool check() {
        constexpr End end = end_of<D, New>();
        static_assert(
            end != End::nothing,
            "an upcast gives neither an event of this aggregate, nor a list of them, nor a struct "
            "of old that another upcast takes"
        );
        static_assert(end != End::circle, "the upcasts of this aggregate go in a circle");
        return wire_check::check_message<wire_check::Use::old_event, Old>();
    }
};

/// The names that an aggregate's history is about, and what becomes of them.
template <class D>
struct Names {
    static constexpr auto all = std::apply(
        [](const auto&... entry) {
            return std::array<std::string_view, sizeof...(entry)>{old_events::name_of(entry)...};
        },
        history<D>.entries
    );

    static constexpr bool is_event(std::string_view name) {
        return [&]<class... Each>(std::type_identity<std::variant<Each...>>) {
            return ((wire_check::name_of<Each>() == name) || ...);
        }(std::type_identity<typename D::Event>{});
    }

    static constexpr bool ends(std::string_view name) {
        const auto now = old_events::name_now(history<D>, name);
        return old_events::renamed_once(history<D>, now) == now;
    }

    static constexpr bool is_known(std::string_view name) {
        const auto now = old_events::name_now(history<D>, name);
        return is_event(now) || std::ranges::count(all, now) > 0;
    }
};

template <class D, class... Entries>
consteval bool check(const OfOld<Entries...>&) {
    using Old = Names<D>;
    static_assert(
        wire_check::all_differ(Old::all),
        "two lines of this aggregate's history are about events of one name"
    );
    static_assert(
        std::ranges::none_of(Old::all, Old::is_event),
        "a line of this aggregate's history is about an event that still has that name: give the "
        "event a new one, which it needs as soon as what is stored cannot be read as it"
    );
    static_assert(
        std::ranges::all_of(Old::all, Old::ends),
        "the renamings in this aggregate's history go in a circle"
    );
    static_assert(
        std::ranges::all_of(Old::all, Old::is_known),
        "an event is renamed to one that is neither an event of this aggregate nor in its history"
    );
    return (CheckEntry<D, Entries>::check() && ...);
}

/// Of all that history<D> says.
template <class D>
consteval bool check() {
    return check<D>(history<D>);
}

}  // namespace domain::history_check

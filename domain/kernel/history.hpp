#pragma once

// How events of old are read. They are stored as they were written, for ever; a build that writes
// them no longer says in its wire file what they mean by now:
//
//     template <>
//     inline constexpr auto history<Notes> = of_old(
//         renamed("noted", "note-taken"),                         // the new name, the same fields
//         ignored("ticked"),                                      // means nothing any more
//         upcast([](const Noted1& old) { return NoteTaken{...}; })  // for the rest
//     );
//
// Noted1 is a struct with wire<Noted1> = message("noted", ...): an event as it once was, of a name
// that no event has now. An upcast gives an event, a std::vector<Event> of any number, or another
// struct of old, which the upcast of that one takes on. A name may be renamed again and again. What
// cannot be is refused by the compiler: see history_check.hpp.
//
// What folds, and so what decides, shows and answers who may, sees events in their present form
// alone. Versions count what is stored. A field that events of old lack needs none of this: see
// wire_default.hpp.

#include "domain/kernel/wire_description.hpp"

#include <cstddef>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace domain {

struct Renamed {
    std::string_view name;
    std::string_view to;
};

struct Ignored {
    std::string_view name;
};

template <class Old, class New>
struct Upcast {
    New (*up)(const Old&);
};

/// Events of type `name` are read as those of type `to`.
constexpr Renamed renamed(std::string_view name, std::string_view to) { return {name, to}; }

/// Folds pass over events of this type.
constexpr Ignored ignored(std::string_view name) { return {name}; }

/// `up`: a function, or a lambda that captures nothing, of one struct of old.
template <class Function>
constexpr auto upcast(Function up) {
    return []<class Old, class New>(New (*function)(const Old&)) {
        return Upcast<Old, New>{function};
    }(+up);
}

template <class... Entries>
struct OfOld {
    std::tuple<Entries...> entries;
};

template <class... Entries>
constexpr OfOld<Entries...> of_old(Entries... entries) {
    return {{entries...}};
}

/// What an aggregate says of its events of old; specialised in its wire file.
template <class D>
inline constexpr auto history = of_old();

namespace old_events {

template <class Struct>
constexpr std::string_view name_of(std::type_identity<Struct>) {
    if constexpr (Described<Struct>) return wire<Struct>.name;
    return "";
}
constexpr std::string_view name_of(const Renamed& entry) { return entry.name; }
constexpr std::string_view name_of(const Ignored& entry) { return entry.name; }
template <class Old, class New>
constexpr std::string_view name_of(const Upcast<Old, New>&) {
    return name_of(std::type_identity<Old>{});
}

/// What a name is called after one renaming; itself, if it was not renamed.
template <class... Entries>
constexpr std::string_view renamed_once(const OfOld<Entries...>& history, std::string_view name) {
    std::string_view now = name;
    const auto follow = [&](const auto& entry) {
        if constexpr (requires { entry.to; })
            if (entry.name == name) now = entry.to;
    };
    std::apply([&](const auto&... entry) { (follow(entry), ...); }, history.entries);
    return now;
}

/// And after all of them.
template <class... Entries>
constexpr std::string_view name_now(const OfOld<Entries...>& history, std::string_view name) {
    for (std::size_t i = 0; i < sizeof...(Entries); ++i) name = renamed_once(history, name);
    return name;
}

template <class Entry, class Old>
inline constexpr bool takes = false;
template <class Old, class New>
inline constexpr bool takes<Upcast<Old, New>, Old> = true;

/// Where among the entries the upcast stands that takes this struct; their number, if none does.
template <class Old, class... Entries>
consteval std::size_t upcast_of(const OfOld<Entries...>&) {
    std::size_t index = 0;
    [[maybe_unused]] const bool found = ((takes<Entries, Old> || (++index, false)) || ...);
    return index;
}

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

}  // namespace old_events

}  // namespace domain

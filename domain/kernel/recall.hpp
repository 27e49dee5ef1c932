#pragma once

#include "domain/kernel/decider.hpp"
#include "domain/kernel/history.hpp"
#include "domain/kernel/history_check.hpp"
#include "domain/kernel/wire_message.hpp"

#include <stdexcept>
#include <utility>

namespace domain {

/// Gives `take` what an upcast has made of an event of old, in its present form.
template <Decider D, class Made, class Take>
void raise(Made made, Take& take) {
    using Event = typename D::Event;
    if constexpr (std::convertible_to<Made, Event>) {
        take(Event(std::move(made)));
    } else if constexpr (old_events::is_list<Made>) {
        for (auto& each : made) raise<D>(std::move(each), take);
    } else if constexpr (history_check::end_of<D, Made>() == history_check::End::event) {
        constexpr std::size_t index = old_events::upcast_of<Made>(history<D>);
        raise<D>(std::get<index>(history<D>.entries).up(made), take);
    }
}

/// Gives `take` what a stored event says by now: an event, none, or some. Throws what an operator
/// is to be told where it cannot be read.
template <Decider D, class Take>
void recall(std::string_view type, std::string_view data, Take take) {
    const JsonDocument json(data);
    JsonReader reader(JsonReader::Of::history);
    const auto refuse_faults = [&] {
        if (reader.errors().empty()) return;
        const auto& error = reader.errors().front();
        throw std::runtime_error(unusable_event(type, error.location, error.message));
    };
    const auto take_as = [&](std::string_view name) {
        auto event = read_message<typename D::Event>(name, json, reader);
        if (!event) return false;
        refuse_faults();
        take(*std::move(event));
        return true;
    };
    if (take_as(type)) return;

    const std::string_view name = old_events::name_now(history<D>, type);
    bool known = name != type && take_as(name);
    const auto take_by = [&]<class Entry>(const Entry& entry) {
        if (old_events::name_of(entry) != name) return;
        known = true;
        if constexpr (requires { entry.up; }) {
            const auto up = [&]<class Old, class New>(New (*function)(const Old&)) {
                Old old{};
                reader.read(json, old);
                refuse_faults();
                raise<D>(function(old), take);
            };
            up(entry.up);
        }
    };
    std::apply([&](const auto&... entry) { (take_by(entry), ...); }, history<D>.entries);
    if (!known) throw std::runtime_error("unknown event type: " + std::string(type));
}

}  // namespace domain

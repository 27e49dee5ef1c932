#pragma once

// Who hears of an event. The user whose command it was always does; others where the aggregate says
// so, of a state that the event is folded into:
//
//     static std::vector<std::string> hears(const Event& event, const State& state);
//
// It names users by user_key(), as an event or a command had them. Each of them gets the event as
// its sender does: durable, in order, once, with an id.

#include "domain/kernel/asked.hpp"

#include <concepts>
#include <string>
#include <vector>

namespace domain {

template <class D>
concept NamesHearers = requires(const typename D::Event& event, const typename D::State& state) {
    { D::hears(event, state) } -> std::same_as<std::vector<std::string>>;
};

/// The users of an event as it is stored: each once, in order, without who sent the command, who
/// hears of it anyhow, and without empty names, which stand for nobody. Throws std::runtime_error
/// where one cannot be the key of a user.
std::vector<std::string> audience(std::vector<std::string> hears, const Asked& asked);

}  // namespace domain

#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/decider.hpp"

#include <string>
#include <variant>
#include <vector>

/// A member of a club, who has an e-mail that no other has: for what is told of reservations.
namespace kit::club {

struct Join {
    std::string email;
};
struct ChangeEmail {
    std::string email;
};
struct Leave {};

struct Joined {
    std::string email;
    bool operator==(const Joined&) const = default;
};
struct EmailChanged {
    std::string email;
    bool operator==(const EmailChanged&) const = default;
};
struct Left {
    bool operator==(const Left&) const = default;
};

struct Member {
    static constexpr std::string_view category = "member";
    using Command = std::variant<Join, ChangeEmail, Leave>;
    using Event = std::variant<Joined, EmailChanged, Left>;
    struct State {
        std::string email;
    };

    static constexpr auto access =
        domain::access(domain::allow<Join, ChangeEmail, Leave>(domain::anyone()));
    static bool may_read(const State&, const domain::Asked&) { return true; }
    static domain::Reservations reserves(const State& state) { return {{"email", state.email}}; }

    static domain::Decision<Event> decide(const Command& command, const State& state);
    static State evolve(State state, const Event& event);
};
static_assert(domain::Decider<Member>);

}  // namespace kit::club

namespace domain {
AggregatePtr member_aggregate();
}

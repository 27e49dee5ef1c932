#pragma once

#include "domain/kernel/decider.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// What a customer orders: filled, placed, and then shipped by a clerk, who has the role `clerk`.
namespace domain::order {

enum class Status { none, open, placed, shipped, cancelled };

// Commands
struct AddLine {
    std::string article;
    std::int32_t quantity = 0;
};
struct Place {};
struct Ship {
    std::string parcel;
};
struct Cancel {};

// Events
struct LineAdded {
    std::string article;
    std::int32_t quantity = 0;
    std::string customer;
    bool operator==(const LineAdded&) const = default;
};
struct Placed {
    std::int32_t pieces = 0;
    bool operator==(const Placed&) const = default;
};
struct Shipped {
    std::string parcel;
    bool operator==(const Shipped&) const = default;
};
struct Cancelled {
    bool operator==(const Cancelled&) const = default;
};

struct Line {
    std::string article;
    std::int32_t quantity = 0;
};

struct Order {
    static constexpr std::string_view category = "order";
    using Command = std::variant<AddLine, Place, Ship, Cancel>;
    using Event = std::variant<LineAdded, Placed, Shipped, Cancelled>;
    struct State {
        Status status = Status::none;
        std::string customer;  ///< Asked::user_key() of who added the first line
        std::vector<Line> lines;
        std::string parcel;
    };

    static bool is_new(const State& state, const Asked&) { return state.status == Status::none; }
    static bool is_customer(const State& state, const Asked& asked);
    static constexpr auto access = domain::access(
        allow<AddLine>(only_if(is_new) || only_if(is_customer)),
        allow<Place, Cancel>(only_if(is_customer)),
        allow<Ship>(role("clerk"))
    );
    static bool may_read(const State& state, const Asked& asked);

    /// The customer hears of all that becomes of the order.
    static std::vector<std::string> hears(const Event& event, const State& state);

    static Decision<Event> decide(const Command& command, const State& state, const Asked& asked);
    static State evolve(State state, const Event& event);
};
static_assert(Decider<Order>);

}  // namespace domain::order

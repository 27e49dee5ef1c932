#include "domain/order/order.hpp"

#include <algorithm>

namespace domain::order {
namespace {

using Event = Order::Event;
using State = Order::State;
using Events = std::vector<Event>;

constexpr std::size_t lines_max = 50;

auto find(const std::vector<Line>& lines, const std::string& article) {
    return std::ranges::find(lines, article, &Line::article);
}

Decision<Event> when(const AddLine& command, const State& state, const Asked& asked) {
    if (state.status > Status::open)
        return Rejection{"not-open", "Only an order that is not placed yet can be changed."};
    if (const auto line = find(state.lines, command.article); line != state.lines.end()) {
        if (line->quantity == command.quantity) return Events{};
        return Rejection{"already-there", "The order has a line of this article."};
    }
    if (state.lines.size() >= lines_max)
        return Rejection{"too-many-lines", "An order has at most 50 lines."};
    return Events{LineAdded{command.article, command.quantity, asked.user_key()}};
}

Decision<Event> when(const Place&, const State& state, const Asked&) {
    if (state.status == Status::placed) return Events{};
    if (state.status != Status::open)
        return Rejection{"not-open", "Only an open order can be placed."};
    std::int32_t pieces = 0;
    for (const Line& line : state.lines) pieces += line.quantity;
    return Events{Placed{pieces}};
}

Decision<Event> when(const Ship& command, const State& state, const Asked&) {
    if (state.status == Status::shipped && state.parcel == command.parcel) return Events{};
    if (state.status != Status::placed)
        return Rejection{"not-placed", "Only an order that is placed can be shipped."};
    return Events{Shipped{command.parcel}};
}

Decision<Event> when(const Cancel&, const State& state, const Asked&) {
    if (state.status == Status::cancelled) return Events{};
    if (state.status == Status::shipped)
        return Rejection{"already-shipped", "What was shipped can be sent back, not cancelled."};
    return Events{Cancelled{}};
}

void then(const LineAdded& event, State& state) {
    state.status = Status::open;
    state.customer = event.customer;
    state.lines.push_back({event.article, event.quantity});
}
void then(const Placed&, State& state) { state.status = Status::placed; }
void then(const Shipped& event, State& state) {
    state.status = Status::shipped;
    state.parcel = event.parcel;
}
void then(const Cancelled&, State& state) { state.status = Status::cancelled; }

}  // namespace

bool Order::is_customer(const State& state, const Asked& asked) {
    return state.customer == asked.user_key();
}

bool Order::may_read(const State& state, const Asked& asked) {
    return is_customer(state, asked) || asked.has_role("clerk");
}

std::vector<std::string> Order::hears(const Event&, const State& state) { return {state.customer}; }

Decision<Event> Order::decide(const Command& command, const State& state, const Asked& asked) {
    return std::visit([&](const auto& wanted) { return when(wanted, state, asked); }, command);
}

State Order::evolve(State state, const Event& event) {
    std::visit([&](const auto& happened) { then(happened, state); }, event);
    return state;
}

}  // namespace domain::order

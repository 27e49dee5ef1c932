#include "domain/invoice/invoice.hpp"

#include <algorithm>

namespace domain::invoice {
namespace {

using Event = Invoice::Event;
using State = Invoice::State;
using Events = std::vector<Event>;

constexpr std::size_t lines_max = 200;

Money total_of(const std::vector<Line>& lines) {
    Money total;
    for (const Line& line : lines) total += line.unit_price * line.quantity;
    return total;
}

auto find(const std::vector<Line>& lines, const std::string& id) {
    return std::ranges::find(lines, id, &Line::line);
}

const Rejection no_draft{"not-a-draft", "Only a draft can be changed or sent."};

Decision<Event> when(const DraftInvoice& command, const State& state, const Asked& asked) {
    if (!is_user_key(command.customer))
        return Rejection{"invalid-customer", "This cannot be the key of a user."};
    const bool same = state.customer == command.customer && state.currency == command.currency;
    if (state.status == Status::draft && same) return Events{};
    if (state.status != Status::none)
        return Rejection{"already-drafted", "There is an invoice of this number."};
    return Events{Drafted{command.customer, command.currency, asked.user_key()}};
}

Decision<Event> when(const AddLine& command, const State& state, const Asked& asked) {
    if (state.status != Status::draft) return no_draft;
    const std::string id = asked.new_id();
    if (find(state.lines, id) != state.lines.end()) return Events{};  // this very command was here
    if (state.lines.size() >= lines_max)
        return Rejection{"too-many-lines", "An invoice has at most 200 lines."};
    return Events{LineAdded{id, command.description, command.quantity, command.unit_price}};
}

Decision<Event> when(const RemoveLine& command, const State& state, const Asked&) {
    if (state.status != Status::draft) return no_draft;
    if (find(state.lines, command.line) == state.lines.end()) return Events{};
    return Events{LineRemoved{command.line}};
}

Decision<Event> when(const SendInvoice& command, const State& state, const Asked& asked) {
    if (state.status == Status::sent && state.due == command.due) return Events{};
    if (state.status != Status::draft) return no_draft;
    if (state.lines.empty()) return Rejection{"no-lines", "An invoice without lines is not sent."};
    if (std::chrono::sys_days(command.due) < std::chrono::floor<std::chrono::days>(asked.time))
        return Rejection{
            "due-in-the-past",
            "The invoice cannot be due before today.",
            {{"/due", "in-the-past", "This is before today."}}};
    return Events{Sent{command.due, state.total}};
}

Decision<Event> when(const PayInvoice& command, const State& state, const Asked& asked) {
    if (state.status == Status::paid)
        return Rejection{"already-paid", "The invoice is paid in full."};
    if (state.status != Status::sent)
        return Rejection{"not-payable", "Only an invoice that was sent can be paid."};
    if (command.amount > state.open)
        return Rejection{"too-much", "Only " + to_string(state.open) + " are left to pay."};
    return Events{
        Paid{command.amount, state.open - command.amount, asked.user_key(), command.reference}};
}

Decision<Event> when(const CancelInvoice& command, const State& state, const Asked&) {
    if (state.status == Status::cancelled) return Events{};
    if (state.status == Status::none) return Rejection{"not-there", "There is no such invoice."};
    if (state.open != state.total || state.status == Status::paid)
        return Rejection{"already-paid", "What was paid, in part or in full, is not cancelled."};
    return Events{Cancelled{command.reason}};
}

void then(const Drafted& event, State& state) {
    state.status = Status::draft;
    state.customer = event.customer;
    state.currency = event.currency;
    state.clerk = event.clerk;
}
void then(const LineAdded& event, State& state) {
    state.lines.push_back({event.line, event.description, event.quantity, event.unit_price});
    state.total = state.open = total_of(state.lines);
}
void then(const LineRemoved& event, State& state) {
    std::erase_if(state.lines, [&](const Line& line) { return line.line == event.line; });
    state.total = state.open = total_of(state.lines);
}
void then(const Sent& event, State& state) {
    state.status = event.total == Money() ? Status::paid : Status::sent;
    state.due = event.due;
}
void then(const Paid& event, State& state) {
    state.open = event.open;
    if (state.open == Money()) state.status = Status::paid;
}
void then(const Cancelled&, State& state) { state.status = Status::cancelled; }

}  // namespace

bool Invoice::is_customer(const State& state, const Asked& asked) {
    return state.due && state.customer == asked.user_key();
}

bool Invoice::may_read(const State& state, const Asked& asked) {
    return is_customer(state, asked) || asked.has_role("clerk");
}

std::vector<std::string> Invoice::hears(const Event& event, const State& state) {
    if (!state.due) return {};  // the draft is the clerk's
    if (std::holds_alternative<Paid>(event)) return {state.customer, state.clerk};
    return {state.customer};
}

Decision<Event> Invoice::decide(const Command& command, const State& state, const Asked& asked) {
    return std::visit([&](const auto& wanted) { return when(wanted, state, asked); }, command);
}

State Invoice::evolve(State state, const Event& event) {
    std::visit([&](const auto& happened) { then(happened, state); }, event);
    return state;
}

}  // namespace domain::invoice

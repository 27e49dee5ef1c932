#include "domain/account/account.hpp"

#include <limits>
#include <optional>

namespace domain::account {
namespace {

using Event = Account::Event;
using State = Account::State;
using Events = std::vector<Event>;

constexpr std::size_t owner_bytes_max = 200;

std::optional<Rejection> unless_open(const State& state) {
    if (state.closed) return Rejection{"closed", "The account is closed."};
    if (!state.open) return Rejection{"not-open", "The account is not open."};
    return std::nullopt;
}

std::optional<Rejection> unless_movable(std::int64_t cents, const State& state) {
    if (auto no = unless_open(state)) return no;
    if (cents < 0) return Rejection{"negative-amount", "An amount cannot be negative."};
    return std::nullopt;
}

Decision<Event> when(const OpenAccount& command, const State& state, const Asked& asked) {
    if (command.owner.empty() || command.owner.size() > owner_bytes_max)
        return Rejection{"invalid-owner", "An owner has a name, of at most 200 bytes."};
    if (state.closed) return Rejection{"closed", "The account is closed."};
    const std::string user = asked.user_key();
    if (state.open && state.owner == command.owner && state.opened_by == user) return Events{};
    if (state.open) return Rejection{"already-open", "The account is another owner's."};
    return Events{AccountOpened{command.owner, user}};
}

Decision<Event> when(const DepositMoney& command, const State& state, const Asked&) {
    if (auto no = unless_movable(command.cents, state)) return *no;
    if (command.cents == 0) return Events{};
    if (command.cents > std::numeric_limits<std::int64_t>::max() - state.balance_cents)
        return Rejection{"balance-overflow", "The account cannot hold that much."};
    return Events{MoneyDeposited{command.cents}};
}

Decision<Event> when(const WithdrawMoney& command, const State& state, const Asked&) {
    if (auto no = unless_movable(command.cents, state)) return *no;
    if (command.cents == 0) return Events{};
    if (command.cents > state.balance_cents)
        return Rejection{"insufficient-funds", "The account does not hold that much."};
    return Events{MoneyWithdrawn{command.cents}};
}

Decision<Event> when(const CloseAccount&, const State& state, const Asked&) {
    if (state.closed) return Events{};
    if (auto no = unless_open(state)) return *no;
    if (state.balance_cents != 0)
        return Rejection{"balance-not-zero", "The account still holds money."};
    return Events{AccountClosed{}};
}

void then(const AccountOpened& event, State& state) {
    state.owner = event.owner;
    const bool is_user = is_user_key(event.owner);
    state.opened_by = event.opened_by.value_or(is_user ? event.owner : std::string());
    state.open = true;
}
void then(const MoneyDeposited& event, State& state) { state.balance_cents += event.cents; }
void then(const MoneyWithdrawn& event, State& state) { state.balance_cents -= event.cents; }
void then(const AccountClosed&, State& state) {
    state.open = false;
    state.closed = true;
}

}  // namespace

bool Account::is_owner(const State& state, const Asked& asked) {
    return (state.open || state.closed) && state.opened_by == asked.user_key();
}

Decision<Event> Account::decide(const Command& command, const State& state, const Asked& asked) {
    return std::visit([&](const auto& wanted) { return when(wanted, state, asked); }, command);
}

State Account::evolve(State state, const Event& event) {
    std::visit([&](const auto& happened) { then(happened, state); }, event);
    return state;
}

}  // namespace domain::account

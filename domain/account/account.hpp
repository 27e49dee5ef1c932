#pragma once

#include "domain/kernel/decider.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

/// A bank account that never goes below zero.
namespace domain::account {

// Commands: what a user may ask.
struct OpenAccount {
    std::string owner;
};
struct DepositMoney {
    std::int64_t cents = 0;
};
struct WithdrawMoney {
    std::int64_t cents = 0;
};
struct CloseAccount {};

// Events: what happened. Stored for ever; change them only by adding.
struct AccountOpened {
    std::string owner;
    bool operator==(const AccountOpened&) const = default;
};
struct MoneyDeposited {
    std::int64_t cents = 0;
    bool operator==(const MoneyDeposited&) const = default;
};
struct MoneyWithdrawn {
    std::int64_t cents = 0;
    bool operator==(const MoneyWithdrawn&) const = default;
};
struct AccountClosed {
    bool operator==(const AccountClosed&) const = default;
};

struct Account {
    static constexpr std::string_view category = "account";
    using Command = std::variant<OpenAccount, DepositMoney, WithdrawMoney, CloseAccount>;
    using Event = std::variant<AccountOpened, MoneyDeposited, MoneyWithdrawn, AccountClosed>;
    struct State {
        std::string owner;
        bool open = false;
        bool closed = false;  ///< was open, and never will be again
        std::int64_t balance_cents = 0;
    };

    static Decision<Event> decide(const Command& command, const State& state);
    static State evolve(State state, const Event& event);
};
static_assert(Decider<Account>);

}  // namespace domain::account

#pragma once

#include "domain/kernel/decider.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// A bank account that never goes below zero. Anybody may open one, and deposit; who opened it is
/// its owner, and alone withdraws, closes and reads.
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

// Events: what happened. Stored for ever: docs/HISTORY.md says how they change.
struct AccountOpened {
    std::string owner;
    std::optional<std::string> opened_by{};  ///< user_key(); accounts of old do not say it
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
        std::string opened_by;  ///< user_key(); of accounts of old, the owner's name
        bool open = false;
        bool closed = false;  ///< was open, and never will be again
        std::int64_t balance_cents = 0;
    };

    static bool is_owner(const State& state, const Asked& asked);
    static constexpr auto access = domain::access(
        allow<OpenAccount, DepositMoney>(anyone()),
        allow<WithdrawMoney, CloseAccount>(only_if(is_owner))
    );
    static bool may_read(const State& state, const Asked& asked) { return is_owner(state, asked); }

    /// Its owner hears of what others deposit.
    static std::vector<std::string> hears(const Event&, const State& state) {
        return {state.opened_by};
    }

    static Decision<Event> decide(const Command& command, const State& state, const Asked& asked);
    static State evolve(State state, const Event& event);
};
static_assert(Decider<Account>);

}  // namespace domain::account

#include "domain/account/account.hpp"
#include "domain/kernel/wire.hpp"

namespace domain {
using namespace account;

template <>
inline constexpr auto wire<OpenAccount> = message("open", field("owner", &OpenAccount::owner));
template <>
inline constexpr auto wire<DepositMoney> = message("deposit", field("cents", &DepositMoney::cents));
template <>
inline constexpr auto wire<WithdrawMoney> =
    message("withdraw", field("cents", &WithdrawMoney::cents));
template <>
inline constexpr auto wire<CloseAccount> = message("close");

template <>
inline constexpr auto wire<AccountOpened> = message(
    "opened",
    field("owner", &AccountOpened::owner),
    field("opened_by", &AccountOpened::opened_by)
);
template <>
inline constexpr auto wire<MoneyDeposited> =
    message("deposited", field("cents", &MoneyDeposited::cents));
template <>
inline constexpr auto wire<MoneyWithdrawn> =
    message("withdrawn", field("cents", &MoneyWithdrawn::cents));
template <>
inline constexpr auto wire<AccountClosed> = message("closed");

using State = Account::State;
template <>
inline constexpr auto wire<State> = object(
    field("owner", &State::owner),
    hidden(&State::opened_by),
    field("open", &State::open),
    field("closed", &State::closed),
    field("balance_cents", &State::balance_cents)
);

AggregatePtr account_aggregate() { return std::make_unique<WiredAggregate<Account>>(); }

}  // namespace domain

#include "domain/account/account.hpp"
#include "domain/kernel/aggregate.hpp"
#include "tests/kit/given.hpp"

#include <limits>

namespace domain {
AggregatePtr account_aggregate();
}

namespace domain::account {

using Given = kit::Given<Account>;
constexpr auto largest = std::numeric_limits<std::int64_t>::max();

TEST(Account, OpensOnce) {
    Given{}.when(OpenAccount{"ada"}).then(AccountOpened{"ada"});
    Given{AccountOpened{"ada"}}.when(OpenAccount{"ada"}).then_nothing();
    Given{AccountOpened{"ada"}}.when(OpenAccount{"bob"}).then_rejected("already-open");
}

TEST(Account, HasAnOwnerOfSomeAndNotTooManyBytes) {
    Given{}.when(OpenAccount{""}).then_rejected("invalid-owner");
    Given{}.when(OpenAccount{std::string(201, 'a')}).then_rejected("invalid-owner");
    Given{}.when(OpenAccount{std::string(200, 'a')}).then(AccountOpened{std::string(200, 'a')});
}

TEST(Account, TakesDeposits) {
    Given{AccountOpened{"ada"}}.when(DepositMoney{100}).then(MoneyDeposited{100});
}

TEST(Account, NeverGoesBelowZero) {
    Given rich{AccountOpened{"ada"}, MoneyDeposited{150}, MoneyWithdrawn{50}};
    rich.when(WithdrawMoney{100}).then(MoneyWithdrawn{100});
    rich.when(WithdrawMoney{101}).then_rejected("insufficient-funds");
}

TEST(Account, NeverOverflows) {
    Given rich{AccountOpened{"ada"}, MoneyDeposited{largest - 1}};
    rich.when(DepositMoney{1}).then(MoneyDeposited{1});
    rich.when(DepositMoney{2}).then_rejected("balance-overflow");
    rich.when(DepositMoney{largest}).then_rejected("balance-overflow");
}

TEST(Account, MovingNothingIsNothing) {
    Given{AccountOpened{"ada"}}.when(DepositMoney{0}).then_nothing();
    Given{AccountOpened{"ada"}}.when(WithdrawMoney{0}).then_nothing();
}

TEST(Account, RefusesNegativeAmounts) {
    Given{AccountOpened{"ada"}}.when(DepositMoney{-1}).then_rejected("negative-amount");
    Given{AccountOpened{"ada"}}.when(WithdrawMoney{-1}).then_rejected("negative-amount");
}

TEST(Account, DoesNothingBeforeItIsOpen) {
    Given{}.when(DepositMoney{1}).then_rejected("not-open");
    Given{}.when(WithdrawMoney{1}).then_rejected("not-open");
    Given{}.when(CloseAccount{}).then_rejected("not-open");
}

TEST(Account, ClosesOnceAndEmpty) {
    Given{AccountOpened{"ada"}}.when(CloseAccount{}).then(AccountClosed{});
    Given{AccountOpened{"ada"}, AccountClosed{}}.when(CloseAccount{}).then_nothing();
    Given{AccountOpened{"ada"}, MoneyDeposited{1}}
        .when(CloseAccount{})
        .then_rejected("balance-not-zero");
}

TEST(Account, TakesNothingMoreWhenClosed) {
    Given closed{AccountOpened{"ada"}, AccountClosed{}};
    closed.when(OpenAccount{"ada"}).then_rejected("closed");
    closed.when(DepositMoney{1}).then_rejected("closed");
    closed.when(WithdrawMoney{1}).then_rejected("closed");
}

TEST(Account, LooksTheSameOnTheWireForEver) {
    auto account = account_aggregate();
    EXPECT_EQ(account->category(), "account");
    EXPECT_EQ(
        account->commands(), (std::vector<std::string_view>{"open", "deposit", "withdraw", "close"})
    );
    Folded state;
    auto decide = [&](std::string_view name, std::string_view data) {
        auto decided = account->decide(name, data, state);
        if (!decided) return std::vector<NewEvent>{};
        state = decided->state;
        return decided->events;
    };
    using Events = std::vector<NewEvent>;
    EXPECT_EQ(decide("open", R"({"owner":"ada"})"), (Events{{"opened", R"({"owner":"ada"})"}}));
    EXPECT_EQ(decide("deposit", R"({"cents":100})"), (Events{{"deposited", R"({"cents":100})"}}));
    EXPECT_EQ(
        account->state(state), R"({"owner":"ada","open":true,"closed":false,"balance_cents":100})"
    );
    EXPECT_EQ(decide("withdraw", R"({"cents":100})"), (Events{{"withdrawn", R"({"cents":100})"}}));
    EXPECT_EQ(decide("close", "{}"), (Events{{"closed", "{}"}}));

    std::vector<EventEnvelope> history(3);
    history[0].type = "opened";
    history[0].data = R"({"owner":"ada"})";
    history[1].type = "deposited";
    history[1].data = R"({"cents":3})";
    history[2].type = "withdrawn";
    history[2].data = R"({"cents":1})";
    EXPECT_EQ(
        account->state(account->fold(nullptr, history)),
        R"({"owner":"ada","open":true,"closed":false,"balance_cents":2})"
    );
}

}  // namespace domain::account

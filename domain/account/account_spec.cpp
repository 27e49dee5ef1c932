#include "domain/account/account.hpp"
#include "domain/kernel/aggregate.hpp"
#include "tests/kit/given.hpp"
#include "tests/kit/properties.hpp"

#include <array>
#include <limits>

namespace domain {
AggregatePtr account_aggregate();
}

namespace domain::account {

using Given = kit::Given<Account>;

/// By who asks if nobody else is named.
const AccountOpened opened{"Ada", "user-1"};
constexpr auto largest = std::numeric_limits<std::int64_t>::max();

TEST(Account, OpensOnce) {
    Given{}.when(OpenAccount{"Ada"}).then(opened);
    Given{opened}.when(OpenAccount{"Ada"}).then_nothing();
    Given{opened}.when(OpenAccount{"Bob"}).then_rejected("already-open");
    Given{opened}.by("eve").when(OpenAccount{"Ada"}).then_rejected("already-open");
}

TEST(Account, IsItsOwnersAlone) {
    Given ada{opened, MoneyDeposited{10}};
    EXPECT_TRUE(ada.readable());
    const std::vector<std::array<std::string, 3>> others{
        {"eve", "{}", ""},
        {"user-1", "{}", "https://other.example"},  // of another issuer
        {"Ada", R"({"roles":["admin"]})", ""}};
    for (const auto& [subject, claims, issuer] : others) {
        Given other = Given(opened, MoneyDeposited{10}).by(subject, claims, issuer);
        EXPECT_FALSE(other.readable()) << subject;
        other.when(DepositMoney{1}).then(MoneyDeposited{1});
        other.when(WithdrawMoney{1}).then_forbidden();
        other.when(WithdrawMoney{-1}).then_forbidden();
        other.when(CloseAccount{}).then_forbidden();
    }
    EXPECT_FALSE(Given{}.readable()) << "nobody's";
    Given{}.when(WithdrawMoney{1}).then_forbidden();
    Given{}.when(CloseAccount{}).then_forbidden();
}

TEST(Account, OfOldIsWhoseNameItBears) {
    Given old{AccountOpened{"user-1"}};
    EXPECT_TRUE(old.readable());
    old.when(CloseAccount{}).then(AccountClosed{});
    EXPECT_FALSE(Given{AccountOpened{"user-1"}}.by("user-1", "{}", "idp").readable());
}

TEST(Account, HasAnOwnerOfSomeAndNotTooManyBytes) {
    Given{}.when(OpenAccount{""}).then_rejected("invalid-owner");
    Given{}.when(OpenAccount{std::string(201, 'a')}).then_rejected("invalid-owner");
    Given{}
        .when(OpenAccount{std::string(200, 'a')})
        .then(AccountOpened{std::string(200, 'a'), "user-1"});
}

TEST(Account, TakesDeposits) { Given{opened}.when(DepositMoney{100}).then(MoneyDeposited{100}); }

TEST(Account, NeverGoesBelowZero) {
    Given rich{opened, MoneyDeposited{150}, MoneyWithdrawn{50}};
    rich.when(WithdrawMoney{100})
        .then(MoneyWithdrawn{100})
        .then_state({"Ada", "user-1", true, false, 0});
    rich.when(WithdrawMoney{101}).then_rejected("insufficient-funds");
}

TEST(Account, NeverOverflows) {
    Given rich{opened, MoneyDeposited{largest - 1}};
    rich.when(DepositMoney{1}).then(MoneyDeposited{1});
    rich.when(DepositMoney{2}).then_rejected("balance-overflow");
    rich.when(DepositMoney{largest}).then_rejected("balance-overflow");
}

TEST(Account, MovingNothingIsNothing) {
    Given{opened}.when(DepositMoney{0}).then_nothing();
    Given{opened}.when(WithdrawMoney{0}).then_nothing();
}

TEST(Account, RefusesNegativeAmounts) {
    Given{opened}.when(DepositMoney{-1}).then_rejected("negative-amount");
    Given{opened}.when(WithdrawMoney{-1}).then_rejected("negative-amount");
}

TEST(Account, DoesNothingBeforeItIsOpen) {
    Given{}.when(DepositMoney{1}).then_rejected("not-open");
}

TEST(Account, ClosesOnceAndEmpty) {
    Given{opened}.when(CloseAccount{}).then(AccountClosed{});
    Given{opened, AccountClosed{}}.when(CloseAccount{}).then_nothing();
    Given{opened, MoneyDeposited{1}}.when(CloseAccount{}).then_rejected("balance-not-zero");
}

TEST(Account, TakesNothingMoreWhenClosed) {
    Given closed{opened, AccountClosed{}};
    closed.when(OpenAccount{"ada"}).then_rejected("closed");
    closed.when(DepositMoney{1}).then_rejected("closed");
    closed.when(WithdrawMoney{1}).then_rejected("closed");
}

TEST(Account, KeepsItsWordWhateverHappens) {
    kit::AnyHistory<Account>{}
        .keeps(
            "a balance of zero or more", [](const auto& state) { return state.balance_cents >= 0; }
        )
        .keeps(
            "nothing in a closed account",
            [](const auto& state) { return !state.closed || state.balance_cents == 0; }
        )
        .idempotent<OpenAccount, CloseAccount>()
        .holds();
}

TEST(Account, LooksTheSameOnTheWireForEver) {
    auto account = account_aggregate();
    EXPECT_EQ(account->category(), "account");
    EXPECT_EQ(
        account->commands(), (std::vector<std::string_view>{"open", "deposit", "withdraw", "close"})
    );
    Folded state;
    auto decide = [&](std::string_view name, std::string_view data) {
        auto decided = account->decide(name, data, state, {.user = {"ada"}});
        if (!decided) return std::vector<NewEvent>{};
        state = decided->state;
        return decided->events;
    };
    using Events = std::vector<NewEvent>;
    EXPECT_EQ(
        decide("open", R"({"owner":"Ada"})"),
        (Events{{"opened", R"({"owner":"Ada","opened_by":"ada"})"}})
    );
    EXPECT_EQ(decide("deposit", R"({"cents":100})"), (Events{{"deposited", R"({"cents":100})"}}));
    EXPECT_EQ(
        account->state(state), R"({"owner":"Ada","open":true,"closed":false,"balance_cents":100})"
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

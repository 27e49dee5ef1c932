#include "tests/kit/world.hpp"

#include <gtest/gtest.h>

namespace domain::account {

using kit::Heards;

TEST(AccountInTheWorld, TellsItsOwnerOfWhatOthersDo) {
    kit::World world;
    auto ada = world.user("ada"), her_phone = world.user("ada"), eve = world.user("eve");
    EXPECT_EQ(ada.post("account/42/open", R"({"owner":"Ada"})").status, 202);
    EXPECT_EQ(eve.post("account/42/deposit", R"({"cents":5})").status, 202);
    const Heards both{
        {"42", "opened", R"({"owner":"Ada","opened_by":"ada"})"},
        {"42", "deposited", R"({"cents":5})"}};
    EXPECT_EQ(ada.hears(), both);
    EXPECT_EQ(her_phone.hears(), both);
    EXPECT_EQ(eve.hears(), (Heards{both[1]}));

    const auto theft = eve.post("account/42/withdraw", R"({"cents":5})");
    EXPECT_EQ(theft.status, 202) << "only the state knows whose it is";
    EXPECT_EQ(eve.outcome(theft.id), "rejected");
    EXPECT_EQ(ada.hears(), Heards{});
    EXPECT_EQ(
        ada.sees("account/42"), R"({"owner":"Ada","open":true,"closed":false,"balance_cents":5})"
    );
    EXPECT_EQ(eve.sees("account/42"), "") << "as if there were none";
}

TEST(AccountInTheWorld, LosesNothingWhereAllIsKilled) {
    kit::World world;
    auto ada = world.user("ada");
    ada.post("account/42/open", R"({"owner":"Ada"})");
    world.crash();
    ada.post("account/42/deposit", R"({"cents":1})", "the-key");
    world.crash();
    world.wipe_broker();
    ada.post("account/42/deposit", R"({"cents":1})", "the-key");
    EXPECT_EQ(
        ada.hears(),
        (Heards{
            {"42", "opened", R"({"owner":"Ada","opened_by":"ada"})"},
            {"42", "deposited", R"({"cents":1})"}})
    );
}

TEST(AccountInTheWorld, IsRefusedWhereTheBodyIsNotAsItMustBe) {
    kit::World world;
    auto ada = world.user("ada");
    EXPECT_EQ(ada.post("account/42/open", "{}").status, 422);
    EXPECT_EQ(ada.post("account/42/close-it", "{}").status, 404);
}

}  // namespace domain::account

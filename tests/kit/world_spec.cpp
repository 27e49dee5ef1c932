#include "tests/kit/world.hpp"

#include <gtest/gtest.h>

// Of the toy and the member, which every simulated world has: see tests/kit/toy_aggregate.hpp and
// tests/kit/member.hpp.
namespace kit {

TEST(World, AnswersBeforeTheEffectAndShowsItAtRest) {
    World world;
    auto ada = world.user("ada");
    const Posted added = ada.post("toy/1/add-two", "{}");
    EXPECT_EQ(added.status, 202);
    EXPECT_EQ(ada.hears(), (Heards{{"1", "added", "{}"}, {"1", "added", "{}"}}));
    EXPECT_EQ(ada.hears(), Heards{}) << "it is told once";
    EXPECT_EQ(ada.outcome(added.id), "applied");
}

TEST(World, TellsOutcomesThatAreNoEvents) {
    World world;
    auto ada = world.user("ada");
    EXPECT_EQ(ada.outcome(ada.post("toy/1/nothing", "{}").id), "unchanged");
    EXPECT_EQ(ada.outcome(ada.post("toy/1/refuse", "{}").id), "rejected");
    EXPECT_EQ(ada.outcome(ada.post("toy/1/throw", "{}").id), "failed");
    std::vector<std::string> types;
    for (const auto& heard : ada.hears()) types.push_back(heard.type);
    EXPECT_EQ(types, (std::vector<std::string>{"unchanged", "rejected", "failed"}));
    EXPECT_EQ(ada.post("nothing/1/add", "{}").status, 404);
    EXPECT_THROW(ada.post("toy/add", "{}"), std::invalid_argument);
}

TEST(World, KnowsWhoAsks) {
    World world;
    auto clerk = world.user("ada", R"({"roles":["clerk"]})", "idp");
    auto other = world.user("ada");
    clerk.post("toy/7/tell", "{}");
    const Heards heard = clerk.hears();
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].data.substr(0, 16), R"("idp ada clerk 9)") << heard[0].data;
    EXPECT_EQ(other.hears(), Heards{}) << "another issuer's";
}

TEST(World, ShowsAnAggregateAsItIs) {
    World world;
    auto ada = world.user("ada");
    EXPECT_EQ(ada.sees("toy/1"), "");
    ada.post("toy/1/add", "{}");
    ada.post("toy/1/add-two", "{}");
    EXPECT_EQ(ada.sees("toy/1"), "3");
    world.crash();
    EXPECT_EQ(ada.sees("toy/1"), "3");
    EXPECT_EQ(ada.sees("nothing/1"), "");
    EXPECT_THROW(ada.sees("toy"), std::invalid_argument);
}

TEST(World, TakesOneKeyOnceOverCrashesAndALostBroker) {
    World world;
    auto ada = world.user("ada");
    const Posted first = ada.post("toy/1/add", "{}", "key");
    for (int i = 0; i < 3; ++i) {
        world.crash();
        world.wipe_broker();
        EXPECT_EQ(ada.post("toy/1/add", "{}", "key").id, first.id);
    }
    EXPECT_EQ(ada.hears(), (Heards{{"1", "added", "{}"}}));
}

TEST(World, LetsOneMemberHaveAnEmail) {
    World world;
    auto ada = world.user("ada"), bob = world.user("bob");
    const std::string wanted = R"({"email":"x@club.example"})";
    // At once, so that one decides of both.
    const std::string first = ada.post("member/ada/join", wanted).id;
    const std::string second = bob.post("member/bob/join", wanted, "bobs").id;
    EXPECT_EQ(ada.outcome(first), "applied");
    EXPECT_EQ(bob.outcome(second), "rejected");
    const Heards told = bob.hears();
    ASSERT_EQ(told.size(), 1u);
    EXPECT_PRED_FORMAT2(
        testing::IsSubstring, R"("code":"taken","message":"The email is taken.")", told[0].data
    );

    world.crash();
    EXPECT_EQ(bob.outcome(bob.post("member/bob/join", wanted).id), "rejected");
    EXPECT_EQ(ada.outcome(ada.post("member/ada/join", wanted).id), "unchanged");
    const std::string changed = R"({"email":"y@club.example"})";
    EXPECT_EQ(ada.outcome(ada.post("member/ada/change-email", changed).id), "applied");
    EXPECT_EQ(bob.outcome(bob.post("member/bob/join", wanted).id), "applied");
    EXPECT_EQ(bob.post("member/bob/join", wanted, "bobs").id, second) << "a repeat is a repeat";
    EXPECT_EQ(bob.outcome(second), "rejected");
    EXPECT_EQ(bob.outcome(bob.post("member/bob/change-email", changed).id), "rejected");
    EXPECT_EQ(ada.outcome(ada.post("member/ada/leave", "{}").id), "applied");
    EXPECT_EQ(bob.outcome(bob.post("member/bob/change-email", changed).id), "applied");
}

}  // namespace kit

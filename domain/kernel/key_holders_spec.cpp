#include "domain/kernel/key_holders.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace domain {
namespace {

constexpr auto takes = KeyChange::What::takes, frees = KeyChange::What::frees;
const StreamId ada{"member", "ada"}, bob{"member", "bob"}, adas_account{"account", "ada"};
const std::vector<KeyChange> take{{takes, "email", "x"}}, give{{frees, "email", "x"}};

TEST(KeyHolders, GiveAKeyToOneStreamUntilThatOneFreesIt) {
    KeyHolders holders;
    EXPECT_EQ(holders.refused(ada, take), nullptr);
    holders.change(ada, take);
    EXPECT_EQ(holders.refused(ada, take), nullptr) << "it is her own";
    ASSERT_NE(holders.refused(bob, take), nullptr);
    EXPECT_EQ(holders.refused(bob, take)->scope, "email");
    EXPECT_EQ(holders.refused(adas_account, take), nullptr) << "of another category";
    holders.change(bob, give);
    EXPECT_NE(holders.refused(bob, take), nullptr) << "what is hers he does not free";
    holders.change(ada, give);
    EXPECT_EQ(holders.refused(bob, take), nullptr);
}

TEST(KeyHolders, LearnWhatTheyAreTold) {
    KeyHolders told, known;
    told.change(ada, take);
    EXPECT_TRUE(known.learn(told));
    EXPECT_FALSE(known.learn(told));
    EXPECT_NE(known.refused(bob, take), nullptr);
    told.change(ada, give);
    told.change(bob, take);
    EXPECT_TRUE(known.learn(told)) << "it has another holder now";
    EXPECT_EQ(known, told);
}

}  // namespace
}  // namespace domain

#pragma once

#include "tests/contract/store_world.hpp"

namespace contract {

class SubscriptionsSuite : public StoreSuite {
  protected:
    std::unique_ptr<domain::Subscriptions> ada = world->make_subscriptions();
    std::unique_ptr<domain::Subscriptions> bob = world->make_subscriptions();
};

TEST_P(SubscriptionsSuite, ANewOneBeginsWhereItIsTold) {
    const auto claimed = ada->claim("reports", {2, {7}});
    EXPECT_EQ(claimed, (domain::Subscription{"reports", {1}, {2, {7}}}));
    EXPECT_EQ(bob->all(), std::vector{claimed});
}

TEST_P(SubscriptionsSuite, TheNextReaderGoesOnAndTheOneBeforeIsRefused) {
    auto first = ada->claim("reports", {1, {0}});
    first.place = {1, {5}};
    EXPECT_TRUE(ada->advance(first));
    auto second = bob->claim("reports", {9, {9}});
    EXPECT_EQ(second, (domain::Subscription{"reports", {2}, {1, {5}}}));
    first.place = {1, {6}};
    EXPECT_FALSE(ada->advance(first));
    second.place = {2, {8}};
    EXPECT_TRUE(bob->advance(second));
    EXPECT_EQ(ada->all(), std::vector{second});
}

TEST_P(SubscriptionsSuite, EachHasAPlaceOfItsOwn) {
    const auto b = ada->claim("b's", {1, {3}}), a = ada->claim("a", {1, {0}});
    EXPECT_EQ(bob->all(), (std::vector{a, b}));
}

TEST_P(SubscriptionsSuite, ADroppedOneRefusesItsReaderAndBeginsAnew) {
    const auto first = ada->claim("reports", {1, {3}});
    EXPECT_TRUE(bob->drop("reports"));
    EXPECT_FALSE(bob->drop("reports"));
    EXPECT_FALSE(ada->advance(first));
    EXPECT_EQ(ada->claim("reports", {1, {0}}).place, (domain::Cursor{1, {0}}));
}

}  // namespace contract

#include "gateway/limits/fair_queue.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace gateway {
namespace {

TEST(FairQueue, TakesTheUsersInTurnAndEachOnesInOrder) {
    FairQueue<std::string> queue;
    for (int i = 0; i < 1'000; ++i) queue.push("flood", "f" + std::to_string(i));
    queue.push("ada", "a0");
    queue.push("ada", "a1");
    std::string order;
    for (int i = 0; i < 5; ++i) order += queue.pop() + ' ';
    EXPECT_EQ(order, "f0 a0 f1 a1 f2 ");
    EXPECT_EQ(queue.front(), "f3");
    EXPECT_EQ(queue.size(), 997u);
}

TEST(FairQueue, KnowsEachOnesShareAndForgetsWhoHasNothing) {
    FairQueue<std::unique_ptr<int>> queue;
    queue.push("ada", std::make_unique<int>(1), 10);
    queue.push("ada", std::make_unique<int>(2), 5);
    queue.push("bob", std::make_unique<int>(3), 7);
    EXPECT_EQ(queue.share_of("ada").count, 2u);
    EXPECT_EQ(queue.share_of("ada").bytes, 15u);
    EXPECT_EQ(queue.share_of("eve").count, 0u);
    EXPECT_EQ(*queue.pop(), 1);
    EXPECT_EQ(queue.share_of("ada").bytes, 5u);
    EXPECT_EQ(*queue.pop(), 3);
    EXPECT_EQ(*queue.pop(), 2);
    EXPECT_TRUE(queue.empty());
    EXPECT_EQ(queue.share_of("ada").count, 0u);
}

}  // namespace
}  // namespace gateway

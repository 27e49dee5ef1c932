#pragma once

#include "tests/contract/store_world.hpp"
#include "tests/kit/eventually.hpp"

#include <set>
#include <thread>

namespace contract {

class RecordKeysSuite : public StoreSuite {
  protected:
    static constexpr std::chrono::seconds long_age{3600};

    std::unique_ptr<domain::RecordKeys> ada = world->make_record_keys();
    std::unique_ptr<domain::RecordKeys> bob = world->make_record_keys();
};

TEST_P(RecordKeysSuite, BeginsWithoutAKeyAndMakesOneAtTheFirstUse) {
    EXPECT_TRUE(ada->valid().empty());
    const auto keys = ada->renew(long_age, 3);
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_FALSE(keys[0].id.empty());
    EXPECT_EQ(keys[0].secret.size(), 32U);
    EXPECT_EQ(bob->valid(), keys);
}

TEST_P(RecordKeysSuite, KeepsAKeyThatIsYoungEnough) {
    const auto keys = ada->renew(long_age, 3);
    EXPECT_EQ(bob->renew(long_age, 3), keys);
    EXPECT_EQ(bob->renew(long_age, 1), keys);
}

TEST_P(RecordKeysSuite, ReplacesOneThatIsOldAndKeepsTheLastFew) {
    std::vector<domain::RecordKey> made;
    std::set<std::string> ids, secrets;
    for (int i = 0; i < 5; ++i) {
        made.insert(made.begin(), ada->renew(std::chrono::seconds(0), 3).front());
        ids.insert(made.front().id);
        secrets.insert(made.front().secret);
    }
    EXPECT_EQ(ids.size(), 5U);
    EXPECT_EQ(secrets.size(), 5U);
    made.resize(3);
    EXPECT_EQ(bob->valid(), made);
    const auto only = bob->renew(std::chrono::seconds(0), 1);
    ASSERT_EQ(only.size(), 1U);
    EXPECT_FALSE(ids.contains(only[0].id));
}

TEST_P(RecordKeysSuite, SeveralThatNeedOneAtOnceMakeOne) {
    constexpr std::size_t threads = 4;
    std::vector<std::unique_ptr<domain::RecordKeys>> users;
    for (std::size_t i = 0; i < threads; ++i) users.push_back(world->make_record_keys());
    std::vector<std::vector<domain::RecordKey>> found(threads);
    {
        std::vector<std::jthread> running;
        for (std::size_t i = 0; i < threads; ++i)
            running.emplace_back([&, i] { found[i] = users[i]->renew(long_age, 3); });
    }
    for (const auto& keys : found) EXPECT_EQ(keys, found[0]);
    EXPECT_EQ(ada->valid().size(), 1U);
}

}  // namespace contract

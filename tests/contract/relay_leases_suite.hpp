#pragma once

#include "tests/contract/store_world.hpp"
#include "tests/kit/eventually.hpp"

namespace contract {

class RelayLeasesSuite : public StoreSuite {
  protected:
    static constexpr domain::Log events = domain::Log::events;
    static constexpr std::chrono::milliseconds long_ttl = std::chrono::minutes(10);
    static constexpr std::chrono::milliseconds short_ttl{50};

    std::unique_ptr<domain::RelayLeases> ada = world->make_relay_leases();
    std::unique_ptr<domain::RelayLeases> bob = world->make_relay_leases();

    static domain::RelayCheckpoint checkpoint(std::int64_t position) {
        return {
            {position},
            "cluster-1",
            {{{"antiphon.replies", 0}, {position - 1}, 17},
             {{"antiphon.replies", 7}, {position}, -1}},
        };
    }

    /// Bob takes the lease as soon as it has run out.
    domain::Epoch taken_over() {
        std::optional<domain::Epoch> epoch;
        EXPECT_TRUE(kit::eventually([&] {
            epoch = bob->acquire(events, "bob", long_ttl);
            return epoch.has_value();
        }));
        return epoch.value_or(domain::Epoch{});
    }
};

TEST_P(RelayLeasesSuite, OneHoldsALog) {
    EXPECT_FALSE(bob->holder(events));
    const auto epoch = ada->acquire(events, "ada", long_ttl);
    ASSERT_TRUE(epoch);
    EXPECT_FALSE(bob->acquire(events, "bob", long_ttl));
    const auto holder = bob->holder(events);
    ASSERT_TRUE(holder);
    EXPECT_EQ(holder->name, "ada");
    EXPECT_EQ(holder->epoch, *epoch);
    EXPECT_GT(holder->left, short_ttl);
    EXPECT_LE(holder->left, long_ttl);
    EXPECT_FALSE(bob->holder(domain::Log::commands));
    EXPECT_TRUE(bob->acquire(domain::Log::commands, "bob", long_ttl));
}

TEST_P(RelayLeasesSuite, AClockThatWentBackMakesNoLeaseLonger) {
    ASSERT_TRUE(ada->acquire(events, "ada", long_ttl));
    EXPECT_TRUE(bob->acquire(events, "bob", short_ttl)) << "it ends later than any that is given";
}

TEST_P(RelayLeasesSuite, EpochsRise) {
    auto first = ada->acquire(events, "ada", long_ttl);
    auto again = ada->acquire(events, "ada", long_ttl);
    ASSERT_TRUE(first && again);
    EXPECT_GT(*again, *first);
    EXPECT_FALSE(ada->renew(events, *first, long_ttl));
    EXPECT_TRUE(ada->renew(events, *again, long_ttl));
    ada->release(events, *again);
    EXPECT_FALSE(bob->holder(events));
    auto next = bob->acquire(events, "bob", long_ttl);
    ASSERT_TRUE(next);
    EXPECT_GT(*next, *again);
}

TEST_P(RelayLeasesSuite, OnlyItsHolderGivesALeaseBack) {
    auto first = ada->acquire(events, "ada", short_ttl);
    ASSERT_TRUE(first);
    taken_over();
    ada->release(events, *first);
    EXPECT_FALSE(ada->acquire(events, "ada", long_ttl));
}

TEST_P(RelayLeasesSuite, ALeaseThatRanOutIsTakenOver) {
    auto first = ada->acquire(events, "ada", short_ttl);
    ASSERT_TRUE(first);
    EXPECT_GT(taken_over(), *first);
    EXPECT_FALSE(ada->renew(events, *first, long_ttl));
    EXPECT_FALSE(ada->acquire(events, "ada", long_ttl));
}

TEST_P(RelayLeasesSuite, RenewingKeepsTheOtherOut) {
    auto epoch = ada->acquire(events, "ada", std::chrono::seconds(30));
    ASSERT_TRUE(epoch);
    EXPECT_TRUE(ada->renew(events, *epoch, long_ttl));
    EXPECT_FALSE(bob->acquire(events, "bob", long_ttl));
    EXPECT_TRUE(ada->renew(events, *epoch, short_ttl));
    EXPECT_GT(taken_over(), *epoch);
}

TEST_P(RelayLeasesSuite, BeginsWithTheZeroCheckpoint) {
    EXPECT_EQ(ada->load(events), domain::RelayCheckpoint{});
}

TEST_P(RelayLeasesSuite, KeepsTheNewestCheckpointOfEachLog) {
    auto epoch = ada->acquire(events, "ada", long_ttl);
    ASSERT_TRUE(epoch);
    EXPECT_TRUE(ada->save(events, *epoch, checkpoint(10)));
    EXPECT_TRUE(ada->save(events, *epoch, checkpoint(20)));
    EXPECT_EQ(bob->load(events), checkpoint(20));
    EXPECT_EQ(bob->load(domain::Log::commands), domain::RelayCheckpoint{});
    EXPECT_TRUE(ada->save(events, *epoch, checkpoint(5))) << "a relay may start again";
    EXPECT_EQ(bob->load(events), checkpoint(5));
}

TEST_P(RelayLeasesSuite, RefusesTheCheckpointOfWhoLostTheLease) {
    auto first = ada->acquire(events, "ada", short_ttl);
    ASSERT_TRUE(first);
    EXPECT_TRUE(ada->save(events, *first, checkpoint(10)));
    auto second = taken_over();
    EXPECT_FALSE(ada->save(events, *first, checkpoint(99)));
    EXPECT_EQ(bob->load(events), checkpoint(10));
    EXPECT_TRUE(bob->save(events, second, checkpoint(11)));
}

}  // namespace contract

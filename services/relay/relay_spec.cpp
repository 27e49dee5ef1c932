#include "infra/memory/memory_generations.hpp"
#include "tests/kit/relay_world.hpp"

#include <gtest/gtest.h>

namespace services::relay {
namespace {

using namespace kit::relay;

TEST(Relay, CarriesTheLogInOrderAndChainsEachPartition) {
    World world;
    CommandRelay relay(world, "a");
    world.accept(25);
    relay.run();
    world.accept(5);
    relay.run();
    EXPECT_EQ(world.records(topics.commands("toy")).size(), 30U);
    EXPECT_EQ(world.taken_without_a_gap(), 30);
}

TEST(Relay, LetsABusyLogGatherButNotALoneRow) {
    World world;
    CommandRelay relay(world, "a");
    world.accept(9);
    EXPECT_TRUE(relay.relay.step());
    world.accept(1);
    EXPECT_FALSE(relay.relay.step());
    EXPECT_EQ(relay.relay.gathering(), 5ms);
    world.clock.advance(5ms);
    EXPECT_TRUE(relay.relay.step());
    world.accept(1);
    EXPECT_EQ(relay.relay.gathering(), 0ms);
    EXPECT_TRUE(relay.relay.step());
    EXPECT_EQ(world.taken_without_a_gap(), 11);
}

TEST(Relay, GoesOnFromItsCheckpoint) {
    World world;
    world.accept(25);
    {
        CommandRelay first(world, "a");
        first.run();
        first.relay.stop();
    }
    world.accept(5);
    CommandRelay second(world, "b");
    second.run();
    EXPECT_EQ(world.records(topics.commands("toy")).size(), 30U) << "something was sent twice";
    EXPECT_EQ(world.taken_without_a_gap(), 30);
}

TEST(Relay, KilledBeforeItsCheckpointItSendsAgainWhatReadersDrop) {
    World world;
    world.accept(25);
    {
        CommandRelay killed(world, "a");
        killed.run();
    }
    world.clock.advance(10s);
    CommandRelay second(world, "b");
    second.run();
    EXPECT_GT(world.records(topics.commands("toy")).size(), 25U);
    EXPECT_EQ(world.taken_without_a_gap(), 25);
}

TEST(Relay, WorksAloneUntilItsLeaseRunsOut) {
    World world;
    CommandRelay first(world, "a");
    CommandRelay second(world, "b");
    first.run();
    second.run();
    EXPECT_TRUE(first.relay.leading());
    EXPECT_FALSE(second.relay.leading());

    world.clock.advance(6s);  // the first one is frozen
    second.run();
    EXPECT_TRUE(second.relay.leading());
    world.accept(3);
    second.run();
    first.run();
    EXPECT_FALSE(first.relay.leading());
    EXPECT_EQ(world.taken_without_a_gap(), 3);
}

TEST(Relay, KnowsThatAnotherLeadsWhenTheLeaseOutlastsADeadOne) {
    World world;
    CommandRelay first(world, "a");
    CommandRelay second(world, "b");
    EXPECT_FALSE(second.relay.another_leads());
    first.run();
    for (int seconds = 0; seconds <= 5; ++seconds) {
        second.run();
        EXPECT_FALSE(second.relay.another_leads());  // the first one may have died
        world.clock.advance(1s);
        first.run();
    }
    second.run();
    EXPECT_TRUE(second.relay.another_leads());

    world.clock.advance(6s);
    second.run();
    EXPECT_TRUE(second.relay.leading());
    EXPECT_FALSE(second.relay.another_leads());
}

TEST(Relay, HandsItsLeaseOverWhenItStops) {
    World world;
    CommandRelay first(world, "a");
    first.run();
    first.relay.stop();
    CommandRelay second(world, "b");
    second.run();
    EXPECT_TRUE(second.relay.leading());
}

TEST(Relay, WaitsForABrokerThatIsAwayAndLosesNothing) {
    World world;
    CommandRelay relay(world, "a");
    relay.run();
    world.broker.set_away(true);
    world.accept(12);
    EXPECT_FALSE(relay.relay.step());
    world.broker.set_away(false);
    relay.run();
    EXPECT_EQ(world.taken_without_a_gap(), 12);
}

TEST(Relay, SendsToAnEmptyBrokerWhatTheWorkersHaveNotDone) {
    World world;
    world.accept(20);
    CommandRelay relay(world, "a");
    relay.run();
    world.clock.advance(200ms);
    relay.run();  // its checkpoint

    std::map<std::int32_t, domain::Position> last;
    for (const auto& record : world.records(topics.commands("toy"))) {
        last[record.target.partition] = domain::link_of(record)->position;
    }
    // Partition 0 has done everything; the others have never been claimed.
    domain::EventBatch batch;
    const std::vector<domain::CommandPartition> first{{"toy", 0}};
    batch.moves.push_back({first[0], world.claims.claim(first, {})[0].epoch, {0}, last[0]});
    ASSERT_TRUE(std::holds_alternative<domain::Appended>(world.events.append(batch)));

    world.broker.wipe();
    world.clock.advance(3s);
    relay.run();
    std::map<std::int32_t, domain::Position> again;
    for (const auto& record : world.records(topics.commands("toy"))) {
        again[record.target.partition] = domain::link_of(record)->position;
    }
    EXPECT_EQ(again[1], last[1]);
    EXPECT_EQ(again[2], last[2]);
    world.accept(5);
    relay.run();
    EXPECT_EQ(world.taken_without_a_gap(), 25);
}

TEST(Relay, NoticesThatATopicLostItsTail) {
    World world;
    world.accept(20);
    CommandRelay relay(world, "a");
    relay.run();
    world.clock.advance(200ms);
    relay.run();
    const auto target = world.records(topics.commands("toy")).back().target;
    world.broker.lose_tail(target, 2);
    world.clock.advance(3s);
    relay.run();
    EXPECT_EQ(world.taken_without_a_gap(), 20);
}

TEST(Relay, BeginsAgainWhenAcknowledgementsAreLost) {
    World world;
    CommandRelay relay(world, "a");
    relay.run();
    world.accept(8);
    world.broker.forget_acknowledgements(1);
    EXPECT_ANY_THROW(relay.run());
    world.clock.advance(1s);
    relay.run();
    EXPECT_EQ(world.taken_without_a_gap(), 8);
}

TEST(Relay, SignsWhatItSendsWithAKeyThatItRenews) {
    World world;
    CommandRelay relay(world, "a");
    world.accept(5);
    relay.run();
    const auto first = world.keys.valid();
    world.clock.advance(1h);
    relay.run();
    world.accept(5);
    relay.run();
    EXPECT_EQ(world.keys.valid().size(), 2U);
    std::map<std::string, int> signed_with;
    for (const auto& record : world.records(topics.commands("toy"))) {
        EXPECT_TRUE(world.verifier.genuine(record));
        const std::string& signature = record.headers.back().value;
        ++signed_with[signature.substr(0, signature.find('.'))];
    }
    EXPECT_EQ(signed_with.size(), 2U);
    EXPECT_EQ(signed_with[first[0].id], 5);
}

TEST(Relay, NoticesThatTheLogHasBegunAnotherLife) {
    World world;
    CommandRelay relay(world, "a");
    world.accept(3);
    relay.run();
    world.store.raise_incarnation();
    world.clock.advance(3s);
    relay.run();
    world.clock.advance(3s);
    world.accept(1);
    relay.run();
    std::map<std::int64_t, int> lives;
    for (const auto& record : world.records(topics.commands("toy")))
        ++lives[domain::link_of(record)->incarnation];
    EXPECT_EQ(lives[1], 3);
    EXPECT_GE(lives[2], 1);
}

TEST(Relay, PassesOverWhatItsBuildDoesNotKnowAndTheChainSaysSo) {
    World world;
    world.accept(7);
    {
        CommandRelay older(world, "older", {}, {"other"});
        older.run();
        older.relay.stop();
    }
    EXPECT_TRUE(world.records(topics.commands("toy")).empty());
    world.accept(7);
    CommandRelay newer(world, "newer");
    newer.run();
    newer.relay.stop();
    std::map<std::int32_t, domain::ChainLink> first;
    for (const auto& record : world.records(topics.commands("toy"))) {
        first.try_emplace(record.target.partition, domain::link_of(record).value());
    }
    ASSERT_FALSE(first.empty());
    for (const auto& [partition, link] : first) {
        EXPECT_GT(link.position.value, 7);
        EXPECT_GT(link.predecessor.value, 0) << "a reader must see that something is missing";
    }
    // The older one does not take what it cannot see for lost.
    world.clock.advance(10s);
    CommandRelay again(world, "older again", {}, {"other"});
    again.run();
    world.clock.advance(3s);
    again.run();
    EXPECT_EQ(world.records(topics.commands("toy")).size(), 7U);
}

TEST(Relay, IsDeposedByANewGenerationAndGoesOnInIt) {
    World world;
    infra::memory::MemoryGenerations generations(world.store);
    generations.fix(partitions);
    CommandRelay relay(world, "a");
    world.accept(25);
    relay.run();
    ASSERT_EQ(
        generations.begin({1, 2, topics.commands(""), 1'000}), domain::Generations::Begun::begun
    );
    world.accept(5);
    for (int i = 0; i < 4; ++i) {
        relay.run();
        world.clock.advance(2s);
    }
    std::map<std::int64_t, std::map<domain::TopicPartition, domain::Position>> taken;
    std::map<std::int64_t, int> rows;
    for (const auto& record : world.records(topics.commands("toy"))) {
        const auto link = domain::link_of(record).value();
        const std::int32_t count = link.generation == 1 ? partitions : 2;
        EXPECT_EQ(record.target.partition, domain::partition_of(record.key, count));
        auto& reached = taken[link.generation][record.target];
        // Of a generation a reader knows all up to where it began.
        if (link.generation == 2) reached = std::max(reached, domain::Position{25});
        const auto step = domain::chain_step(reached, link);
        EXPECT_NE(step, domain::ChainStep::gap) << link.position.value;
        if (step == domain::ChainStep::next) ++rows[link.generation];
        reached = std::max(reached, link.position);
    }
    EXPECT_GE(rows[1], 25) << "it may go on for a moment";
    EXPECT_EQ(rows[2], 5);
}

}  // namespace
}  // namespace services::relay

#include "domain/kernel/chain.hpp"
#include "domain/kernel/outcome.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_record_publisher.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "services/relay/command_feed.hpp"
#include "services/relay/event_feed.hpp"
#include "services/relay/relay.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>

namespace services::relay {
namespace {

using namespace std::chrono_literals;
using infra::memory::MemoryBroker;

constexpr std::int32_t partitions = 3;
const domain::Topics topics{"test"};

/// A store, a broker, and any number of relays of the command log between them.
struct World {
    infra::memory::MemoryStore store;
    MemoryBroker broker;
    infra::memory::ManualClock clock;
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog events{store};
    infra::memory::MemoryPartitionClaims claims{store};
    int accepted = 0;

    void accept(int count) {
        std::vector<domain::NewCommand> batch(static_cast<std::size_t>(count));
        for (auto& [command, fingerprint] : batch) {
            command.id = "c" + std::to_string(++accepted);
            command.stream = {"toy", "entity-" + std::to_string(accepted % 7)};
            command.name = "add";
            command.data = "{}";
            command.issuer.subject = "ada";
            command.correlation_id = command.id;
        }
        commands.append(batch);
    }

    /// Every record of the topic, in the order of each partition.
    std::vector<domain::Record> records(const std::string& topic) {
        std::vector<domain::Record> all;
        for (std::int32_t partition = 0; partition < partitions; ++partition) {
            for (auto& [offset, record] : broker.fetch({topic, partition}, 0, 1'000'000).records) {
                all.push_back(std::move(record));
            }
        }
        return all;
    }

    /// How many rows a reader gets by the chain alone, from records in the order of their
    /// partitions.
    int taken_without_a_gap() {
        std::map<domain::TopicPartition, domain::Position> taken;
        int count = 0;
        for (const auto& record : records(topics.commands("toy"))) {
            const auto link = domain::link_of(record).value();
            const auto step = domain::chain_step(taken[record.target], link);
            EXPECT_NE(step, domain::ChainStep::gap) << "before position " << link.position.value;
            if (step != domain::ChainStep::next) continue;
            taken[record.target] = link.position;
            ++count;
        }
        return count;
    }
};

struct CommandRelay {
    explicit CommandRelay(World& world, std::string holder, RelaySettings settings = {})
        : leases(world.store, world.clock),
          publisher(world.broker),
          feed(world.commands, world.events, world.claims, topics, {"toy"}, partitions),
          relay(
              feed,
              leases,
              publisher,
              world.clock,
              with(std::move(settings), std::move(holder))
          ) {}
    static RelaySettings with(RelaySettings settings, std::string holder) {
        settings.holder = std::move(holder);
        settings.batch_max = 10;
        settings.busy_rows = 8;
        return settings;
    }
    void run() {
        while (relay.step()) {
        }
    }

    infra::memory::MemoryRelayLeases leases;
    infra::memory::MemoryRecordPublisher publisher;
    CommandFeed feed;
    Relay relay;
};

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
    batch.moves.push_back({first[0], world.claims.claim(first)[0].epoch, {0}, last[0]});
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

TEST(EventFeed, SendsEventsToTheirTopicAndToTheUserAndFailuresToTheDeadLetters) {
    World world;
    world.accept(2);
    const auto failing = world.commands.read({}, 2)[1];

    domain::EventBatch batch;
    domain::EventEnvelope event;
    event.stream = {"toy", "entity-1"};
    event.version = {1};
    event.type = "added";
    event.data = "{}";
    event.command_id = "c1";
    event.command_position = {1};
    event.last = true;
    event.issuer.subject = "ada";
    batch.events.push_back(event);
    const domain::NewEvent failure = domain::failed(failing.command, "no");
    event.stream = {std::string(domain::outcome_category), failing.command.id};
    event.type = failure.type;
    event.data = failure.data;
    event.command_id = failing.command.id;
    event.command_position = failing.position;
    batch.events.push_back(event);
    ASSERT_TRUE(std::holds_alternative<domain::Appended>(world.events.append(batch)));

    infra::memory::MemoryRelayLeases leases(world.store, world.clock);
    infra::memory::MemoryRecordPublisher publisher(world.broker);
    EventFeed feed(world.events, world.commands, topics, {"toy"}, partitions);
    Relay relay(feed, leases, publisher, world.clock, CommandRelay::with({}, "a"));
    while (relay.step()) {
    }

    const auto events = world.records(topics.events("toy"));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].key, "entity-1");
    const auto replies = world.records(topics.replies());
    ASSERT_EQ(replies.size(), 2U);
    EXPECT_EQ(replies[0].key, "ada");
    EXPECT_EQ(domain::event_of(replies[1])->type, domain::outcome_failed);
    const auto dead = world.records(topics.dead_letters());
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(domain::command_of(dead[0])->command.id, failing.command.id);
}

}  // namespace
}  // namespace services::relay

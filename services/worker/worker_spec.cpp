#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/error.hpp"
#include "domain/kernel/outcome.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_append_notices.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_record_consumer.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "services/worker/decision.hpp"
#include "services/worker/worker.hpp"
#include "tests/kit/toy_aggregate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace services::worker {
namespace {

using namespace std::chrono_literals;

constexpr std::int32_t partitions = 2;
const domain::Topics topics{"test"};

/// The store, the broker, and in place of a relay a hand that puts commands on the topic.
struct World {
    World() {
        aggregates.push_back(std::make_unique<kit::ToyAggregate>());
        const std::vector<domain::TopicSpec> specs{{topics.commands("toy"), partitions}};
        broker.ensure_topics(specs);
    }

    domain::StoredCommand accept(std::string name, std::string entity) {
        std::vector<domain::NewCommand> batch(1);
        domain::CommandEnvelope& command = batch[0].command;
        command.id = "c" + std::to_string(++accepted);
        command.stream = {"toy", std::move(entity)};
        command.name = std::move(name);
        command.data = "{}";
        command.issuer.subject = "ada";
        command.correlation_id = command.id;
        return {commands.append(batch)[0].position, command};
    }

    /// Links the command to the one before it in its partition, and tells the broker unless `lost`.
    void relay(const domain::StoredCommand& command, bool lost = false) {
        domain::Record record = domain::command_record(command.command);
        record.key = command.command.stream.entity;
        record.target = {topics.commands("toy"), domain::partition_of(record.key, partitions)};
        domain::Position& last = sent[record.target];
        domain::add_link(record, {1, command.position, last});
        last = command.position;
        if (!lost) broker.store({&record, 1});
    }

    void send(std::string name, std::string entity) {
        relay(accept(std::move(name), std::move(entity)));
    }

    void checkpoint() {
        infra::memory::MemoryRelayLeases leases(store, clock);
        domain::RelayCheckpoint checkpoint;
        for (const auto& [target, position] : sent) {
            checkpoint.marks.push_back({target, position, -1});
        }
        const auto epoch = leases.acquire(domain::Log::commands, "hand", 1s);
        ASSERT_TRUE(leases.save(domain::Log::commands, epoch.value(), checkpoint));
    }

    std::vector<domain::EventEnvelope> history() { return events.read({}, 1'000'000); }

    /// Every command has one answer, and every stream the versions 1, 2, 3 …
    void expect_answered_once() {
        std::map<std::string, int> answers;
        std::map<domain::StreamId, std::int64_t> versions;
        for (const auto& event : history()) {
            if (event.last) ++answers[event.command_id];
            EXPECT_EQ(event.version.value, ++versions[event.stream]);
        }
        EXPECT_EQ(answers.size(), static_cast<std::size_t>(accepted));
        for (const auto& [command, count] : answers) EXPECT_EQ(count, 1) << command;
    }

    std::vector<domain::AggregatePtr> aggregates;
    infra::memory::MemoryStore store;
    infra::memory::MemoryBroker broker;
    infra::memory::ManualClock clock;
    infra::memory::MemoryAppendNotices notices;
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog events{store};
    std::map<domain::TopicPartition, domain::Position> sent;
    int accepted = 0;
};

struct Member {
    explicit Member(World& world, WorkerSettings settings = {})
        : commands(world.store),
          events(world.store),
          claims(world.store),
          leases(world.store, world.clock),
          notifier(world.notices),
          consumer(world.broker, {topics.commands("toy")}, "workers"),
          worker(
              {world.aggregates, consumer, commands, events, claims, leases, notifier, world.clock},
              topics,
              partitions,
              settings
          ) {}

    /// Until nothing is left to do, through faults of the world, each of which costs a second.
    void run(World& world) {
        for (int idle = 0; idle < 4;) {
            try {
                idle = worker.step() ? 0 : idle + 1;
            } catch (const domain::WorldError&) {
                ++failures;
            }
            world.clock.advance(1s);
        }
    }

    infra::memory::MemoryCommandLog commands;
    infra::memory::MemoryEventLog events;
    infra::memory::MemoryPartitionClaims claims;
    infra::memory::MemoryRelayLeases leases;
    infra::memory::MemoryAppendNotifier notifier;
    infra::memory::MemoryRecordConsumer consumer;
    Worker worker;
    int failures = 0;
};

TEST(Worker, AnswersEveryCommandInTheOrderOfItsStream) {
    World world;
    Member member(world);
    for (int i = 0; i < 20; ++i)
        world.send(i % 3 == 0 ? "nothing" : "add-two", "abc" + std::to_string(i % 4));
    world.send("refuse", "abc0");
    member.run(world);
    world.expect_answered_once();
}

TEST(Worker, OneThatThrowsFailsAndItsNeighboursGoOn) {
    World world;
    Member member(world);
    world.send("add", "x");
    world.send("throw", "x");
    world.send("add", "x");
    member.run(world);
    world.expect_answered_once();
    const auto history = world.history();
    ASSERT_EQ(history.size(), 3U);
    EXPECT_EQ(history[1].type, domain::outcome_failed);
    EXPECT_EQ(history[2].version.value, 2);
}

TEST(Worker, ReadsFromTheStoreWhatKafkaLost) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.relay(world.accept("add", "x"), true);
    world.relay(world.accept("add-two", "x"), true);
    world.send("add", "x");
    member.run(world);
    world.expect_answered_once();
}

TEST(Worker, NoticesThatTheLastRecordNeverCame) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.relay(world.accept("add", "x"), true);
    world.checkpoint();
    member.run(world);
    world.expect_answered_once();
}

TEST(Worker, DropsRecordsThatComeTwice) {
    World world;
    Member member(world);
    const auto first = world.accept("add", "x");
    world.relay(first);
    member.run(world);
    world.sent.clear();
    world.relay(first);
    world.send("add", "x");
    member.run(world);
    world.expect_answered_once();
    EXPECT_EQ(world.history().size(), 2U);
}

TEST(Worker, LeavesOutWhatOnlyALostLifeOfTheLogKnew) {
    for (const bool owned_before : {true, false}) {
        World world;
        world.store.raise_incarnation();
        Member member(world);
        if (owned_before) member.run(world);
        domain::StoredCommand lost{{5}, {}};
        lost.command.id = "lost";
        lost.command.stream = {"toy", "x"};
        lost.command.name = "add";
        world.relay(lost);
        member.run(world);
        EXPECT_TRUE(world.history().empty());

        world.relay(world.accept("add", "x"), true);  // its position was handed out once before
        world.sent[{topics.commands("toy"), domain::partition_of("x", partitions)}] = {1};
        world.checkpoint();
        member.run(world);
        world.expect_answered_once();
    }
}

TEST(Worker, AnotherGoesOnWhereAKilledOneStood) {
    World world;
    {
        Member killed(world);
        for (int i = 0; i < 5; ++i) world.send("add", "x");
        killed.run(world);
    }
    for (int i = 0; i < 5; ++i) world.send("add", "x");
    Member second(world);
    second.run(world);
    world.expect_answered_once();
    EXPECT_EQ(world.history().back().version.value, 10);
}

TEST(Worker, SurvivesACommitWhoseAcknowledgementWasLost) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.send("add", "x");
    member.worker.step();  // joined and claimed: the next write is the append
    world.send("add-two", "x");
    world.store.forget_acknowledgements(1);
    member.run(world);
    EXPECT_EQ(member.failures, 1);
    world.send("add", "x");
    member.run(world);
    world.expect_answered_once();
}

TEST(Worker, WaitsForAStoreThatIsAway) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.send("add", "x");
    world.store.fail_next(5);
    member.run(world);
    EXPECT_EQ(member.failures, 5);
    world.expect_answered_once();
}

TEST(Worker, OneThatLostItsPartitionsUnknowinglyCannotWrite) {
    World world;
    Member first(world);
    world.send("add", "x");
    first.run(world);

    // Another claims what the first one still believes to own, and answers a command.
    infra::memory::MemoryPartitionClaims claims(world.store);
    const domain::CommandPartition partition{"toy", domain::partition_of("x", partitions)};
    const auto claim = claims.claim({&partition, 1})[0];
    const auto command = world.accept("add", "x");
    auto answer =
        decide(world.aggregates[0].get(), command, {{1}, std::make_shared<const int>(1)}, {}, 1);
    ASSERT_TRUE(std::holds_alternative<domain::Appended>(world.events.append(
        {{{partition, claim.epoch, claim.done, command.position}}, answer.events}
    )));

    world.relay(command);
    world.send("add", "x");
    first.run(world);
    world.expect_answered_once();
    EXPECT_EQ(world.history().back().version.value, 3);
}

TEST(Worker, TwoShareThePartitions) {
    World world;
    Member first(world);
    first.run(world);
    Member second(world);
    for (int i = 0; i < 40; ++i) {
        world.send("add", "e" + std::to_string(i % 8));
        first.run(world);
        second.run(world);
    }
    world.expect_answered_once();
}

TEST(Worker, RebuildsStatesThatDoNotFitIntoItsCacheOrAPage) {
    World world;
    WorkerSettings small;
    small.states_max = 1;
    small.page_max = 2;
    Member member(world, small);
    for (int i = 0; i < 30; ++i) {
        world.send("add", "e" + std::to_string(i % 5));
        member.run(world);
    }
    world.expect_answered_once();
}

TEST(Worker, AHistoryThatCannotBeReadFailsItsCommandsOnly) {
    World world;
    domain::EventEnvelope broken;
    broken.stream = {"toy", "x"};
    broken.version = {1};
    broken.type = "broken";
    broken.data = "{}";
    broken.command_id = "from-before";
    broken.issuer.subject = "ada";
    ASSERT_TRUE(std::holds_alternative<domain::Appended>(world.events.append({{}, {broken}})));
    Member member(world);
    for (int i = 0; i < 2; ++i) {
        world.send("add", "x");
        world.send("add", "y");
        member.run(world);
    }
    const auto history = world.history();
    EXPECT_EQ(
        std::count_if(
            history.begin(),
            history.end(),
            [](const auto& event) { return event.type == domain::outcome_failed; }
        ),
        2
    );
    world.expect_answered_once();
}

}  // namespace
}  // namespace services::worker

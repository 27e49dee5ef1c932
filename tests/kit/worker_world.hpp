#pragma once

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/error.hpp"
#include "infra/crypto/hmac_record_signer.hpp"
#include "infra/crypto/hmac_record_verifier.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_append_notices.hpp"
#include "infra/memory/memory_command_attempts.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_dead_letters.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_record_consumer.hpp"
#include "infra/memory/memory_record_keys.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "infra/memory/memory_snapshot_store.hpp"
#include "services/worker/worker.hpp"
#include "tests/kit/faulty_deciders.hpp"
#include "tests/kit/toy_aggregate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

/// A worker's world without a world.
namespace kit::worker {

using namespace std::chrono_literals;
using services::worker::Worker;
using services::worker::WorkerSettings;

inline constexpr std::int32_t partitions = 2;
inline const domain::Topics topics{"test"};

/// The store, the broker, and in place of a relay a hand that puts commands on the topic.
struct World {
    World() {
        aggregates.push_back(std::make_unique<kit::ToyAggregate>());
        const std::vector<domain::TopicSpec> specs{{topics.commands("toy"), partitions}};
        broker.ensure_topics(specs);
        signer.renew();
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
        signer.sign(record);
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
    infra::memory::MemoryRecordKeys keys{store, clock};
    infra::crypto::HmacRecordSigner signer{keys, 1h};
    std::map<domain::TopicPartition, domain::Position> sent;
    int accepted = 0;
    std::size_t snapshot_events = 0;
};

/// One worker in it.
struct Member {
    explicit Member(World& world, WorkerSettings settings = {})
        : commands(world.store),
          events(world.store),
          snapshots(world.store, domain::state_forms(world.aggregates)),
          claims(world.store),
          attempts(world.store),
          dead_letters(world.store),
          deciders(
              world.aggregates,
              {.states_max = settings.states_max,
               .attempts = settings.attempts,
               .snapshots = {.events = world.snapshot_events, .fold = 0ms}},
              world.clock
          ),
          leases(world.store, world.clock),
          notifier(world.notices),
          consumer(world.broker, {topics.commands("toy")}, "workers"),
          verifier(world.keys, world.clock),
          worker(
              {.deciders = deciders,
               .deciders_apart = deciders,
               .consumer = consumer,
               .verifier = verifier,
               .commands = commands,
               .events = events,
               .snapshots = snapshots,
               .claims = claims,
               .attempts = attempts,
               .dead_letters = dead_letters,
               .leases = leases,
               .notifier = notifier,
               .clock = world.clock},
              topics,
              {"toy"},
              {.partitions = partitions},
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
    infra::memory::MemorySnapshotStore snapshots;
    infra::memory::MemoryPartitionClaims claims;
    infra::memory::MemoryCommandAttempts attempts;
    infra::memory::MemoryDeadLetters dead_letters;
    kit::FaultyDeciders deciders;
    infra::memory::MemoryRelayLeases leases;
    infra::memory::MemoryAppendNotifier notifier;
    infra::memory::MemoryRecordConsumer consumer;
    infra::crypto::HmacRecordVerifier verifier;
    Worker worker;
    int failures = 0;
};

}  // namespace kit::worker

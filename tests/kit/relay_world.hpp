#pragma once

#include "domain/kernel/chain.hpp"
#include "domain/kernel/outcome.hpp"
#include "infra/crypto/hmac_record_signer.hpp"
#include "infra/crypto/hmac_record_verifier.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_record_keys.hpp"
#include "infra/memory/memory_record_publisher.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "services/relay/command_feed.hpp"
#include "services/relay/event_feed.hpp"
#include "services/relay/relay.hpp"
#include "tests/kit/caused_event_log.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>

/// Relays, and what they stand between.
namespace kit::relay {

using namespace services::relay;

using namespace std::chrono_literals;
using infra::memory::MemoryBroker;

inline constexpr std::int32_t partitions = 3;
inline const domain::Topics topics{"test"};

/// A store, a broker, and any number of relays of the command log between them.
struct World {
    infra::memory::MemoryStore store;
    MemoryBroker broker;
    infra::memory::ManualClock clock;
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog events{store};
    infra::memory::MemoryPartitionClaims claims{store};
    infra::memory::MemoryRecordKeys keys{store, clock};
    infra::crypto::HmacRecordVerifier verifier{keys, clock};
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
    explicit CommandRelay(
        World& world,
        std::string holder,
        RelaySettings settings = {},
        std::vector<std::string> categories = {"toy"}
    )
        : leases(world.store, world.clock),
          publisher(world.broker),
          feed(
              world.commands,
              world.events,
              world.claims,
              topics,
              std::move(categories),
              partitions
          ),
          signer(world.keys, 1h),
          relay(
              feed,
              leases,
              publisher,
              signer,
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
    infra::crypto::HmacRecordSigner signer;
    Relay relay;
};

}  // namespace kit::relay

#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_command_attempts.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_dead_letters.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "services/operations/status.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace services::operations {
namespace {

using namespace std::chrono_literals;

class StatusSpec : public testing::Test {
  protected:
    StatusSpec() {
        store.write([](infra::memory::Tables& tables) { return tables.generation.partitions = 1; });
    }

    Status status() {
        return read_status({commands, events, claims, leases, attempts, dead_letters}, topics);
    }

    domain::StoredCommand accept(int n) {
        const domain::NewCommand command = kit::sample_command(n);
        return {commands.append({&command, 1})[0].position, command.command};
    }

    /// The relay of the commands has brought those up to `to` to Kafka.
    void sent(domain::Position to) {
        const auto epoch = leases.acquire(domain::Log::commands, "ada", 10s);
        leases.save(
            domain::Log::commands, epoch.value(), {to, "c", {{{topics.commands("account"), 0}, to}}}
        );
    }

    const domain::Topics topics{"test"};
    infra::memory::MemoryStore store;
    infra::memory::ManualClock clock;
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog events{store};
    infra::memory::MemoryPartitionClaims claims{store};
    infra::memory::MemoryRelayLeases leases{store, clock};
    infra::memory::MemoryCommandAttempts attempts{store};
    infra::memory::MemoryDeadLetters dead_letters{store};
};

TEST_F(StatusSpec, OfNothing) {
    const Status nothing = status();
    EXPECT_EQ(nothing.commands, domain::Position{});
    EXPECT_FALSE(nothing.oldest);
    ASSERT_EQ(nothing.relays.size(), 2U);
    EXPECT_FALSE(nothing.relays[0].holder);
    EXPECT_TRUE(nothing.partitions.empty());
}

TEST_F(StatusSpec, TellsWhatIsNotSentYet) {
    const auto first = accept(1);
    accept(2);
    EXPECT_EQ(status().relays[0].behind, 2);
    EXPECT_EQ(status().oldest, first);
}

TEST_F(StatusSpec, TellsWhatIsSentAndNotDone) {
    const auto first = accept(1), second = accept(2);
    accept(3);
    sent(second.position);
    const domain::CommandPartition account{"account", 0};
    const auto claim = claims.claim({&account, 1}, {.partitions = 1}).at(0);

    Status now = status();
    ASSERT_TRUE(now.relays[0].holder);
    EXPECT_EQ(now.relays[0].holder->name, "ada");
    EXPECT_EQ(now.relays[0].behind, 1);
    ASSERT_EQ(now.partitions.size(), 1U);
    EXPECT_EQ(now.partitions[0].claim, claim);
    EXPECT_EQ(now.partitions[0].sent, second.position);
    EXPECT_EQ(now.partitions[0].oldest, first);
    EXPECT_EQ(now.oldest, first);

    events.append({{{account, claim.epoch, {}, second.position}}, {}});
    now = status();
    EXPECT_FALSE(now.partitions[0].oldest);
    EXPECT_EQ(now.oldest->position, domain::Position{3});
}

}  // namespace
}  // namespace services::operations

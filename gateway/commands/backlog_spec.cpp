#include "domain/kernel/error.hpp"
#include "gateway/commands/backlog.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_generations.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_relay_leases.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

namespace gateway::commands {
namespace {

using namespace std::chrono_literals;

/// Does something just after its head was read next.
class BusyLog final : public infra::memory::MemoryCommandLog {
  public:
    using MemoryCommandLog::MemoryCommandLog;

    domain::Position head() override {
        const auto head = MemoryCommandLog::head();
        std::exchange(meanwhile, [] {})();
        return head;
    }

    std::function<void()> meanwhile = [] {};
};

class BacklogSpec : public ::testing::Test {
  protected:
    BacklogSpec() { epoch_ = *leases_.acquire(domain::Log::commands, "relay", 1h); }

    static domain::StreamId counter(const std::string& entity) { return {"counter", entity}; }

    /// An entity of each of the two partitions.
    static std::string entity_in(std::int32_t partition) {
        int number = 0;
        while (domain::partition_of(std::to_string(number), 2) != partition) ++number;
        return std::to_string(number);
    }

    void accept(const std::string& entity, int count) {
        for (int i = 0; i < count; ++i) {
            domain::NewCommand command;
            command.command.id = std::to_string(++ids_);
            command.command.stream = counter(entity);
            log_.append(std::span(&command, 1));
        }
    }

    /// The relay has sent all; the last of each partition stands at `first` and `second`.
    void send(std::int64_t first, std::int64_t second) {
        domain::RelayCheckpoint checkpoint{log_.head(), "cluster", {}};
        if (first > 0) checkpoint.marks.push_back({{"antiphon.commands.counter", 0}, {first}});
        if (second > 0) checkpoint.marks.push_back({{"antiphon.commands.counter", 1}, {second}});
        ASSERT_TRUE(leases_.save(domain::Log::commands, epoch_, checkpoint));
    }

    void finish(std::int32_t partition, std::int64_t position) {
        const domain::CommandPartition id{"counter", partition};
        const auto claim = claims_.claim(std::span(&id, 1), {}).at(0);
        domain::EventBatch batch;
        batch.moves = {{id, claim.epoch, claim.done, {position}}};
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(events_.append(batch)));
    }

    /// How many more of this entity are let in, each of a user of its own.
    int room(const std::string& entity) {
        int count = 0;
        while (!backlog_.enter("user-" + std::to_string(++users_), counter(entity))) ++count;
        return count;
    }

    infra::memory::ManualClock clock_;
    infra::memory::MemoryStore store_;
    BusyLog log_{store_};
    infra::memory::MemoryEventLog events_{store_};
    infra::memory::MemoryPartitionClaims claims_{store_};
    infra::memory::MemoryRelayLeases leases_{store_, clock_};
    domain::Epoch epoch_;
    Backlog backlog_{log_, claims_, leases_, {}, 2, {.commands_max = 20, .per_user_percent = 25}};
    const std::string one_ = entity_in(0);
    const std::string two_ = entity_in(1);
    int ids_ = 0;
    int users_ = 0;
};

TEST_F(BacklogSpec, LetsInAsManyAsMayWait) {
    EXPECT_EQ(room(one_), 20);
    EXPECT_EQ(backlog_.enter("ada", counter(one_)), Refusal::behind);
    backlog_.look();
    EXPECT_EQ(room(two_), 20);
}

TEST_F(BacklogSpec, FollowsTheNumberOfPartitionsThatTheStoreHas) {
    infra::memory::MemoryGenerations generations(store_);
    generations.fix(2);
    accept(one_, 15);
    send(15, 0);
    ASSERT_EQ(
        generations.begin({1, 1, "antiphon.commands.", 1'000}), domain::Generations::Begun::begun
    );
    backlog_.look();
    EXPECT_EQ(room(two_), 5) << "it is in the partition that is behind now";
}

TEST_F(BacklogSpec, CountsWhatKafkaDoesNotHaveYet) {
    accept(one_, 15);
    backlog_.look();
    EXPECT_EQ(room(two_), 5);
    send(15, 0);
    backlog_.look();
    EXPECT_EQ(room(two_), 20);
}

TEST_F(BacklogSpec, CountsWhatTheWorkersHaveNotDone) {
    accept(one_, 15);
    send(15, 0);
    backlog_.look();
    EXPECT_EQ(room(one_), 5);
    finish(0, 7);
    backlog_.look();
    EXPECT_EQ(room(one_), 12);
    finish(0, 15);
    backlog_.look();
    EXPECT_EQ(room(one_), 20);
}

TEST_F(BacklogSpec, ClosesOnlyThePartitionThatStandsStill) {
    accept(one_, 1);
    accept(two_, 29);
    finish(1, 30);
    send(1, 30);
    backlog_.look();
    EXPECT_EQ(room(one_), 0);
    EXPECT_EQ(room(two_), 20);
}

TEST_F(BacklogSpec, IsNotHeldByAPartitionThatHasNothingToDo) {
    accept(one_, 1);
    finish(0, 1);
    accept(two_, 99);
    finish(1, 100);
    send(1, 100);
    backlog_.look();
    EXPECT_EQ(room(one_), 20);
}

TEST_F(BacklogSpec, LeavesRoomForOthersThanTheOneWhoFloods) {
    const auto flood = [this] {
        int count = 0;
        while (!backlog_.enter("flood", counter(one_))) ++count;
        return count;
    };
    EXPECT_EQ(flood(), 5);
    EXPECT_EQ(backlog_.enter("flood", counter(one_)), Refusal::user_overloaded);
    EXPECT_EQ(backlog_.enter("ada", counter(one_)), std::nullopt);
    accept(one_, 18);
    backlog_.look();
    EXPECT_EQ(flood(), 1);
    EXPECT_EQ(backlog_.enter("ada", counter(one_)), std::nullopt);
    EXPECT_EQ(backlog_.enter("bob", counter(one_)), Refusal::behind);
}

TEST_F(BacklogSpec, CountsWhatEntersWhileItLooks) {
    EXPECT_EQ(backlog_.enter("before", counter(one_)), std::nullopt);
    accept(one_, 1);
    log_.meanwhile = [this] { EXPECT_EQ(room(one_), 19); };
    backlog_.look();
    EXPECT_EQ(room(one_), 0);
    accept(one_, 19);
    send(20, 0);
    finish(0, 20);
    backlog_.look();
    EXPECT_EQ(room(one_), 20);
}

TEST_F(BacklogSpec, IsOffAtZero) {
    Backlog off(log_, claims_, leases_, {}, 2, {.commands_max = 0});
    store_.fail_next(1);
    off.look();
    for (int i = 0; i < 1'000; ++i) EXPECT_EQ(off.enter("ada", counter(one_)), std::nullopt);
}

}  // namespace
}  // namespace gateway::commands

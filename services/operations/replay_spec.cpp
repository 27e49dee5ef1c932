#include "domain/kernel/chain.hpp"
#include "domain/kernel/error.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_record_publisher.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "services/operations/replay.hpp"
#include "tests/kit/caused_event_log.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

#include <map>

namespace services::operations {
namespace {

class ReplaySpec : public testing::Test {
  protected:
    static constexpr std::int32_t partitions = 2;

    void happen(int n) {
        const auto event = kit::sample_event(n, "e" + std::to_string(n % 5), 1 + (n - 1) / 5);
        events.append({{}, {event}});
    }

    ReplayPlan plan() {
        ReplayPlan plan;
        plan.run = "run-1";
        plan.topic = "copy";
        plan.partitions = partitions;
        plan.live = {"test"};
        return plan;
    }

    void run(Replay& replay) {
        while (replay.step(3)) {
        }
    }

    std::vector<domain::Record> records() {
        std::vector<domain::Record> all;
        for (const auto& [partition, end] : broker.ends({"copy"}))
            for (auto& consumed : broker.fetch(partition, 0, 1'000).records)
                all.push_back(std::move(consumed.record));
        return all;
    }

    /// The positions that there are, with how often; each in its chain.
    std::map<std::int64_t, int> replayed() {
        std::map<std::int64_t, int> positions;
        std::map<domain::TopicPartition, domain::Position> taken;
        for (const auto& record : records()) {
            EXPECT_EQ(domain::find_header(record, replay_header), "run-1");
            if (domain::find_header(record, "ce_type") == replay_ended) continue;
            const auto link = domain::link_of(record);
            EXPECT_NE(domain::chain_step(taken[record.target], *link), domain::ChainStep::gap);
            taken[record.target] = std::max(taken[record.target], link->position);
            ++positions[link->position.value];
        }
        return positions;
    }

    infra::memory::MemoryStore store;
    infra::memory::MemoryBroker broker;
    infra::memory::ManualClock clock;
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog log{store};
    kit::CausedEventLog events{log, commands};
    infra::memory::MemoryRelayLeases leases{store, clock};
    infra::memory::MemoryRecordPublisher publisher{broker};
};

TEST_F(ReplaySpec, SendsEachEventOnceAndThenTheEnds) {
    for (int n = 1; n <= 10; ++n) happen(n);
    Replay replay(events, leases, publisher, plan());
    run(replay);
    EXPECT_EQ(replay.sent(), 10);
    EXPECT_EQ(replay.advance(), (Advance{10, 10}));
    const auto positions = replayed();
    EXPECT_EQ(positions.size(), 10U);
    for (const auto& [position, times] : positions) EXPECT_EQ(times, 1) << position;
    std::size_t ends = 0;
    for (const auto& record : records())
        ends += domain::find_header(record, "ce_type") == replay_ended ? 1U : 0U;
    EXPECT_EQ(ends, 2U) << "one in each partition";
}

TEST_F(ReplaySpec, TellsWhereTheLiveTopicsGoOn) {
    for (int n = 1; n <= 3; ++n) happen(n);
    const auto epoch = leases.acquire(domain::Log::events, "ada", std::chrono::seconds(1));
    leases.save(
        domain::Log::events,
        epoch.value(),
        {{2},
         "c",
         {{{"test.events.account", 1}, {2}, 7},
          {{"test.events.other", 0}, {1}, -1},
          {{"test.replies", 0}, {2}, 9}}}
    );
    ReplayPlan all = plan();
    Replay(events, leases, publisher, all).step(10);
    ReplayPlan one = plan();
    one.selection.category = "account";
    Replay replay(events, leases, publisher, one);
    run(replay);
    EXPECT_EQ(
        records().back().value,
        R"({"incarnation":1,"position":3,"live":[{"topic":"test.events.account","partition":1,)"
        R"("offset":8}]})"
    );
}

TEST_F(ReplaySpec, SendsWhatIsSelected) {
    for (int n = 1; n <= 10; ++n) happen(n);
    ReplayPlan some = plan();
    some.selection.entity = "e3";
    some.selection.category = "account";
    some.selection.up_to = domain::Position{7};
    Replay replay(events, leases, publisher, some);
    run(replay);
    EXPECT_EQ(replayed(), (std::map<std::int64_t, int>{{3, 1}}));
}

TEST_F(ReplaySpec, GoesOnAfterAnOutageAndAfterItsOwnDeath) {
    for (int n = 1; n <= 10; ++n) happen(n);
    Replay first(events, leases, publisher, plan());
    first.step(3);
    broker.set_away(true);
    for (int i = 0; i < 3; ++i) {
        try {
            first.step(3);
        } catch (const domain::WorldError&) {
        }
    }
    broker.set_away(false);
    EXPECT_EQ(first.where().done, domain::Position{3});
    infra::memory::MemoryRecordPublisher next(broker);
    Replay second(events, leases, next, plan(), first.where());
    run(second);
    EXPECT_EQ(replayed().size(), 10U);
}

TEST_F(ReplaySpec, ChangesItsEndNoMore) {
    happen(1);
    Replay replay(events, leases, publisher, plan());
    replay.step(1);
    happen(2);
    run(replay);
    EXPECT_EQ(replayed().size(), 1U);
}

}  // namespace
}  // namespace services::operations

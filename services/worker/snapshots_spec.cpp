#include "tests/kit/worker_world.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace services::worker {
namespace {

using namespace kit::worker;

const domain::StreamId long_stream{"toy", "long"};

/// A stream that is longer than a first page; workers that come and go.
class WorkerSnapshots : public testing::Test {
  protected:
    static constexpr int events = 120;

    void add(int times = 1) {
        for (int i = 0; i < times; ++i) world.send("add", long_stream.entity);
    }

    /// A worker begins without any state, and does what there is to do.
    void work() {
        member.reset();
        member.emplace(world);
        member->run(world);
        world.expect_answered_once();
    }

    /// Says something else of the first `version` events than they do, so that its use is seen.
    void save(std::int64_t version, std::string state) {
        const domain::StreamCursor before{long_stream, {version - 1}};
        const auto event = world.events.read_streams({&before, 1}, 1).at(0);
        store.save(domain::snapshot_of({long_stream, {version}, std::move(state)}, event, 1));
    }

    /// Its newest snapshot: "version state".
    std::string kept() {
        const auto found = store.find({&long_stream, 1}, 1'000);
        if (found.empty()) return "";
        return std::to_string(found[0].version.value) + ' ' + found[0].state;
    }

    World world;
    infra::memory::MemorySnapshotStore store{world.store, domain::state_forms(world.aggregates)};
    std::optional<Member> member;
};

TEST_F(WorkerSnapshots, AreTakenAsAStreamGrowsOnceItsEventsAreStored) {
    world.snapshot_events = 50;
    member.emplace(world);
    for (const char* expected : {"", "", "", "60 60", "60 60", "60 60", "120 120"}) {
        EXPECT_EQ(kept(), expected);
        add(20);
        member->run(world);
    }
}

TEST_F(WorkerSnapshots, AreWhereALongStreamGoesOn) {
    add(events);
    work();
    EXPECT_EQ(kept(), "") << "none is wanted";
    save(events - 10, "1110");
    world.snapshot_events = 1;
    add();
    work();
    EXPECT_EQ(kept(), "121 1121");
}

TEST_F(WorkerSnapshots, OfShortStreamsAreNotLookedFor) {
    add(20);
    work();
    save(10, "1010");
    world.snapshot_events = 1;
    add();
    work();
    EXPECT_EQ(kept(), "21 21");
}

TEST_F(WorkerSnapshots, ThatCannotBeReadArePassedOver) {
    add(events);
    work();
    save(events - 10, "no number");
    world.snapshot_events = 1;
    add();
    work();
    EXPECT_EQ(kept(), "121 121");
}

TEST_F(WorkerSnapshots, OfALifeBeforeArePassedOver) {
    add(events);
    work();
    save(events - 10, "1110");
    world.store.raise_incarnation();
    EXPECT_EQ(kept(), "");
}

TEST_F(WorkerSnapshots, AreNotTakenOfWhatWasNotStored) {
    world.snapshot_events = 1;
    member.emplace(world);
    member->run(world);
    infra::memory::MemoryPartitionClaims others(world.store);
    std::vector<domain::CommandPartition> all;
    for (std::int32_t partition = 0; partition < partitions; ++partition)
        all.push_back({"toy", partition});
    others.claim(all, {});
    add();
    EXPECT_TRUE(member->worker.step()) << "it does not know yet that it is fenced";
    EXPECT_TRUE(world.history().empty());
    EXPECT_EQ(kept(), "");
}

}  // namespace
}  // namespace services::worker

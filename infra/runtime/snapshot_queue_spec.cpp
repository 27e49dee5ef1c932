#include "domain/kernel/error.hpp"
#include "infra/runtime/snapshot_queue.hpp"

#include <gtest/gtest.h>

namespace infra::runtime {
namespace {

using domain::Snapshot;

class Remembering final : public domain::SnapshotStore {
  public:
    std::vector<Snapshot> find(std::span<const domain::StreamId>, std::size_t) override {
        return saved;
    }
    void save(const Snapshot& snapshot) override {
        if (away) throw domain::WorldError("away");
        saved.push_back(snapshot);
    }

    std::vector<Snapshot> saved;
    bool away = false;
};

Snapshot snapshot(std::int64_t version) {
    return {.stream = {"toy", "1"}, .version = {version}, .state = "12345"};
}

TEST(SnapshotQueue, SavesInTurnAndDropsWhatDoesNotFit) {
    SnapshotQueue queue(10);
    auto store = std::make_unique<Remembering>();
    Remembering& saved = *store;
    QueuedSnapshots snapshots(std::move(store), queue);
    for (int version = 1; version <= 3; ++version) snapshots.save(snapshot(version));
    EXPECT_TRUE(saved.saved.empty());
    EXPECT_TRUE(queue.save_next(saved));
    snapshots.save(snapshot(4));
    while (queue.save_next(saved)) {
    }
    const domain::StreamId any{"toy", "1"};
    EXPECT_EQ(snapshots.find({&any, 1}, 0), (std::vector{snapshot(1), snapshot(2), snapshot(4)}));
}

TEST(SnapshotQueue, DropsWhatTheStoreThrowsAt) {
    SnapshotQueue queue;
    Remembering store;
    queue.add(snapshot(1));
    store.away = true;
    EXPECT_THROW(queue.save_next(store), domain::WorldError);
    store.away = false;
    EXPECT_FALSE(queue.save_next(store));
}

}  // namespace
}  // namespace infra::runtime

#pragma once

#include "domain/ports/snapshot_store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace infra::runtime {

/// Snapshots on their way to the store, so that whoever took them need not wait for it. Holds at
/// most so many bytes of states; what does not fit is dropped, since it is only a cache. Any
/// thread.
class SnapshotQueue {
  public:
    explicit SnapshotQueue(std::size_t bytes_max = 32'000'000) : bytes_max_(bytes_max) {}

    void add(domain::Snapshot snapshot);

    /// Saves the next one; false if there is none. One that the store throws at is dropped.
    bool save_next(domain::SnapshotStore& store);

    /// Until there is one, at most `timeout`.
    void wait(std::chrono::milliseconds timeout);

  private:
    const std::size_t bytes_max_;
    std::mutex mutex_;
    std::condition_variable added_;
    std::deque<domain::Snapshot> waiting_;
    std::size_t bytes_ = 0;
};

/// Finds in a store, and leaves to a queue what is to be saved. The queue outlives this.
class QueuedSnapshots final : public domain::SnapshotStore {
  public:
    QueuedSnapshots(std::unique_ptr<domain::SnapshotStore> store, SnapshotQueue& queue)
        : store_(std::move(store)), queue_(queue) {}

    std::vector<domain::Snapshot>
    find(std::span<const domain::StreamId> streams, std::size_t bytes_max) override {
        return store_->find(streams, bytes_max);
    }
    void save(const domain::Snapshot& snapshot) override { queue_.add(snapshot); }

  private:
    std::unique_ptr<domain::SnapshotStore> store_;
    SnapshotQueue& queue_;
};

}  // namespace infra::runtime

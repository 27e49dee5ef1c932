#include "infra/runtime/snapshot_queue.hpp"

namespace infra::runtime {

void SnapshotQueue::add(domain::Snapshot snapshot) {
    {
        const std::lock_guard lock(mutex_);
        if (bytes_ + snapshot.state.size() > bytes_max_) return;
        bytes_ += snapshot.state.size();
        waiting_.push_back(std::move(snapshot));
    }
    added_.notify_one();
}

bool SnapshotQueue::save_next(domain::SnapshotStore& store) {
    domain::Snapshot next;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) return false;
        next = std::move(waiting_.front());
        waiting_.pop_front();
        bytes_ -= next.state.size();
    }
    store.save(next);
    return true;
}

void SnapshotQueue::wait(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    added_.wait_for(lock, timeout, [this] { return !waiting_.empty(); });
}

}  // namespace infra::runtime

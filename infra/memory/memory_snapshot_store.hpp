#pragma once

#include "infra/memory/memory_store.hpp"

#include <utility>

namespace infra::memory {

/// Is the log in the life of the snapshot, and has it its event?
bool stands(const Tables& tables, const domain::Snapshot& snapshot);

/// The snapshots of a MemoryStore.
class MemorySnapshotStore final : public domain::SnapshotStore {
  public:
    MemorySnapshotStore(MemoryStore& store, domain::StateForms forms)
        : store_(store), forms_(std::move(forms)) {}

    std::vector<domain::Snapshot>
    find(std::span<const domain::StreamId> streams, std::size_t bytes_max) override;
    void save(const domain::Snapshot& snapshot) override;

  private:
    MemoryStore& store_;
    const domain::StateForms forms_;
};

}  // namespace infra::memory

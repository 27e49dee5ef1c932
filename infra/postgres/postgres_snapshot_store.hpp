#pragma once

#include "domain/ports/snapshot_store.hpp"
#include "infra/postgres/connection.hpp"

#include <utility>

namespace infra::postgres {

/// The table `snapshots`.
class PostgresSnapshotStore final : public domain::SnapshotStore {
  public:
    /// `connection` must outlive this.
    PostgresSnapshotStore(Connection& connection, domain::StateForms forms)
        : connection_(connection), forms_(std::move(forms)) {}

    std::vector<domain::Snapshot>
    find(std::span<const domain::StreamId> streams, std::size_t bytes_max) override;
    void save(const domain::Snapshot& snapshot) override;

  private:
    Connection& connection_;
    const domain::StateForms forms_;
};

}  // namespace infra::postgres

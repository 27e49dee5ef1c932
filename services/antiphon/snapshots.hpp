#pragma once

#include "infra/postgres/postgres_snapshot_store.hpp"
#include "infra/runtime/snapshot_queue.hpp"
#include "services/antiphon/process.hpp"
#include "services/antiphon/settings.hpp"

#include <memory>

namespace services::antiphon {

/// The snapshots of what a process folds: found on the connection of whoever folds, saved on a
/// thread and a connection of their own.
class Snapshots {
  public:
    Snapshots(const Settings& settings, Process& process);

    /// For the thread of this connection, which outlives it, as this does.
    std::unique_ptr<domain::SnapshotStore> on(infra::postgres::Connection& connection);

  private:
    const domain::StateForms forms_;  ///< none, if none are kept
    infra::runtime::SnapshotQueue queue_;
    infra::postgres::Connection connection_;
    infra::postgres::PostgresSnapshotStore store_;
};

}  // namespace services::antiphon

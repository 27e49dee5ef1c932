#pragma once

#include "infra/postgres/connection.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace infra::postgres {

/// A transaction that keeps PostgreSQL from forgetting what was deleted since it began, in whatever
/// database of the cluster: appends become slow where that is long ago.
struct OldSnapshot {
    int process_id = 0;
    std::string application{};      ///< what it calls itself; empty where we may not see it
    std::int64_t transactions = 0;  ///< that have begun since
    std::optional<std::chrono::seconds> age{};  ///< nothing where we may not see it
};

/// The oldest that there is besides our own, if any. Blocks; throws domain::WorldError when the
/// database is away.
std::optional<OldSnapshot> oldest_snapshot(Connection& connection);

/// Begins another life of the logs, and returns its number. As above.
std::int64_t raise_incarnation(Connection& connection);

}  // namespace infra::postgres

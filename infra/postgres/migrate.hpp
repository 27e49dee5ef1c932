#pragma once

#include "infra/postgres/connection.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace infra::postgres {

/// One file of migrations/, built into the program.
struct Migration {
    int number = 0;         ///< 1, 2, 3 …
    std::string_view name;  ///< "0001_logs.sql"
    std::string_view sql;
};

/// All of them, in order of their numbers.
std::span<const Migration> all_migrations();

struct MigrationReport {
    std::vector<std::string_view> applied;  ///< names, in order; none: there was nothing to do
    int version = 0;                        ///< where the database is now
};

/// Brings the database up to date: applies what is missing, each in a transaction, under a lock, so
/// that a second one waits for the first and then finds nothing to do. Then nobody but the owner
/// and `run_role`, if one is named, may use what is there (run_role.hpp). Throws domain::SetupError
/// when a migration that was applied has been edited since, when the database is newer than this
/// program, or when one of the two roles is not fit; domain::WorldError when PostgreSQL is away or
/// refuses a statement.
MigrationReport migrate(
    const ConnectionSettings& settings,
    std::span<const Migration> migrations = all_migrations(),
    const std::string& run_role = ""
);

/// Is the schema (at least) the one that this program was built for, and may we use it? Throws
/// domain::SetupError with one line that says what to do; domain::WorldError when PostgreSQL is
/// away. An import that is under way is no fault of it.
void check_tables(Connection& connection);

/// check_tables(), and is the store open: SetupError while an import is under way.
void check_schema(Connection& connection);

/// Fixes the number of partitions that keys are spread over, if no process has before, and returns
/// the one that is in force. Throws domain::WorldError when PostgreSQL is away.
std::int32_t first_partitions(Connection& connection, std::int32_t partitions);

}  // namespace infra::postgres

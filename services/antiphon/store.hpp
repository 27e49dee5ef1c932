#pragma once

#include "gateway/store/store_readers.hpp"
#include "infra/postgres/connection.hpp"
#include "infra/postgres/postgres_command_attempts.hpp"
#include "infra/postgres/postgres_command_log.hpp"
#include "infra/postgres/postgres_dead_letters.hpp"
#include "infra/postgres/postgres_event_log.hpp"
#include "infra/postgres/postgres_generations.hpp"
#include "infra/postgres/postgres_partition_claims.hpp"
#include "infra/postgres/postgres_record_keys.hpp"
#include "infra/postgres/postgres_relay_leases.hpp"
#include "infra/postgres/postgres_subscriptions.hpp"
#include "services/antiphon/process.hpp"
#include "services/antiphon/settings.hpp"

#include <atomic>
#include <list>
#include <mutex>
#include <string>

namespace services::antiphon {

/// Differs for every process, on any machine: who holds leases and partitions.
const std::string& process_name();

/// The store as one thread sees it: a connection and an adapter for each port.
struct Store {
    explicit Store(const infra::postgres::ConnectionSettings& settings) : connection(settings) {}

    infra::postgres::Connection connection;
    infra::postgres::PostgresCommandLog commands{connection};
    infra::postgres::PostgresEventLog events{connection};
    infra::postgres::PostgresPartitionClaims claims{connection, process_name()};
    infra::postgres::PostgresCommandAttempts attempts{connection};
    infra::postgres::PostgresDeadLetters dead_letters{connection};
    infra::postgres::PostgresRelayLeases leases{connection};
    infra::postgres::PostgresSubscriptions subscriptions{connection};
    infra::postgres::PostgresGenerations generations{connection};
    infra::postgres::PostgresRecordKeys record_keys{connection};
};

/// Connections for threads that come later: outlives what it gave them.
class StoreConnections {
  public:
    explicit StoreConnections(const infra::postgres::ConnectionSettings& settings)
        : settings_(settings) {}

    // Any thread:
    gateway::Stores open();
    infra::postgres::Connection& connect();

  private:
    const infra::postgres::ConnectionSettings settings_;
    std::mutex mutex_;
    std::list<infra::postgres::Connection> connections_;
};

/// Looks every second whether the database answers and has our tables: for /readyz, and so that
/// what is wrong ends the process with a line that says so. The first process of all fixes the
/// number of partitions here.
class StoreWatch {
  public:
    StoreWatch(const Settings& settings, Process& process);

  private:
    bool look();
    bool fresh() const;

    const domain::Clock& clock_;
    const std::int32_t partitions_;       ///< by our settings
    std::int32_t in_force_{partitions_};  ///< that the store has
    infra::postgres::Connection connection_;
    std::atomic<std::chrono::milliseconds> seen_{std::chrono::hours(-1)};
};

}  // namespace services::antiphon

#pragma once

#include "domain/kernel/topics.hpp"
#include "domain/ports/command_attempts.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/dead_letters.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/partition_claims.hpp"
#include "domain/ports/relay_leases.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace services::operations {

/// Who carries a log to Kafka, and how far.
struct RelayStatus {
    domain::Log log;
    std::optional<domain::LeaseHolder> holder;  ///< nothing: nobody does
    domain::Position sent;                      ///< all up to here is acknowledged
    std::int64_t behind = 0;                    ///< rows that are not
};

/// A partition of commands.
struct PartitionStatus {
    domain::Claim claim;    ///< by whom it was claimed last, and how far it is done
    domain::Position sent;  ///< its last command that Kafka has
    std::optional<domain::StoredCommand> oldest;  ///< that is sent and not done
};

/// Where everything stands, as read within moments of each other, while it goes on.
struct Status {
    domain::Generation generation;  ///< of the partitions
    domain::Position commands;      ///< where that log ends
    domain::Cursor events;          ///< and that one
    std::vector<RelayStatus> relays;
    std::vector<PartitionStatus> partitions;
    std::optional<domain::StoredCommand> oldest;  ///< that has no answer
    std::vector<domain::AttemptedCommand> attempted;
    std::int64_t dead_letters = 0;  ///< that are open
};

/// What it is read from. All are used by the calling thread.
struct StatusParts {
    domain::CommandLog& commands;
    domain::EventLog& events;
    domain::PartitionClaims& claims;
    domain::RelayLeases& leases;
    domain::CommandAttempts& attempts;
    domain::DeadLetters& dead_letters;
};

/// Blocks; throws domain::WorldError when the store is away.
Status read_status(StatusParts parts, const domain::Topics& topics);

}  // namespace services::operations

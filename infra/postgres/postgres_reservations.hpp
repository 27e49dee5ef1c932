#pragma once

#include "domain/kernel/reservation.hpp"
#include "domain/kernel/stream.hpp"
#include "infra/postgres/connection.hpp"

#include <span>
#include <string>
#include <vector>

namespace infra::postgres {

/// What a stream is to have at a version: the keys that are taken in `keys`.
struct StreamKeys {
    std::string entity;
    domain::StreamVersion version;
    std::vector<domain::KeyChange> keys;
};

/// What was not reserved.
struct NotReserved {
    struct Key {
        std::string entity;
        std::string scope;
        std::string key;
        std::string holder;  ///< the entity that has it
    };
    std::vector<Key> taken;
    std::vector<std::string> moved;  ///< entities that are at another version by now
};

/// The table `reservations`, for a rule that is newer than the events; what events take and free is
/// written with them. Used by one thread at a time; blocks, and throws domain::WorldError when the
/// database is away.
class PostgresReservations {
  public:
    /// `connection` must outlive this.
    explicit PostgresReservations(Connection& connection) : connection_(connection) {}

    /// These streams have these keys from now on, and no others: one transaction, between the
    /// appends of others. Safe to repeat.
    NotReserved reserve(const std::string& category, std::span<const StreamKeys> streams);

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

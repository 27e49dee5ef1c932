#pragma once

#include "domain/kernel/envelope.hpp"
#include "infra/postgres/connection.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace infra::postgres {

/// All streams of the table `events`, for who has to see each of them. What is appended meanwhile
/// may be seen, or not. Reads only. Used by one thread at a time; every call blocks, and throws
/// domain::WorldError when the database is away.
class PostgresHistories {
  public:
    /// `connection` must outlive this.
    explicit PostgresHistories(Connection& connection) : connection_(connection) {}

    /// Those that there are events of, in order; ours, which begin with `$`, are not among them.
    std::vector<std::string> categories();

    /// How many events a category has: a scan of an index, some seconds for ten million.
    std::size_t count(const std::string& category);

    /// The events of a category behind the one of `after` at `version`: stream by stream, each in
    /// the order of its versions, at most `limit`. `after`, and 0, are empty at first. They have
    /// their streams, versions, types and data, and nothing else.
    std::vector<domain::EventEnvelope>
    read(const domain::StreamId& after, domain::StreamVersion version, std::size_t limit);

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

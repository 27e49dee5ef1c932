#pragma once

#include "domain/ports/partition_claims.hpp"
#include "infra/postgres/connection.hpp"

#include <string>
#include <utility>

namespace infra::postgres {

/// The tables `partition_epochs` and `partition_progress`.
class PostgresPartitionClaims final : public domain::PartitionClaims {
  public:
    /// `connection` must outlive this. `holder`: who claims, for people to read.
    explicit PostgresPartitionClaims(Connection& connection, std::string holder = {})
        : connection_(connection), holder_(std::move(holder)) {}

    std::vector<domain::Claim> claim(
        std::span<const domain::CommandPartition> partitions,
        const domain::Generation& generation
    ) override;
    std::vector<domain::Claim> all() override;
    void prune() override;

  private:
    Connection& connection_;
    const std::string holder_;
};

}  // namespace infra::postgres

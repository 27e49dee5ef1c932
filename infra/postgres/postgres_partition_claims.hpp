#pragma once

#include "domain/ports/partition_claims.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// The tables `partition_epochs` and `partition_progress`.
class PostgresPartitionClaims final : public domain::PartitionClaims {
  public:
    /// `connection` must outlive this.
    explicit PostgresPartitionClaims(Connection& connection) : connection_(connection) {}

    std::vector<domain::Claim> claim(
        std::span<const domain::CommandPartition> partitions,
        const domain::Generation& generation
    ) override;
    std::vector<domain::Claim> all() override;
    void prune() override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

#pragma once

#include "domain/ports/relay_leases.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// The tables `relay_leases` and `relay_checkpoints`.
class PostgresRelayLeases final : public domain::RelayLeases {
  public:
    /// `connection` must outlive this.
    explicit PostgresRelayLeases(Connection& connection) : connection_(connection) {}

    std::optional<domain::Epoch>
    acquire(domain::Log log, const std::string& holder, std::chrono::milliseconds ttl) override;
    bool renew(domain::Log log, domain::Epoch epoch, std::chrono::milliseconds ttl) override;
    void release(domain::Log log, domain::Epoch epoch) override;
    std::optional<domain::LeaseHolder> holder(domain::Log log) override;
    domain::RelayCheckpoint load(domain::Log log) override;
    bool save(domain::Log log, domain::Epoch epoch, const domain::RelayCheckpoint& checkpoint)
        override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

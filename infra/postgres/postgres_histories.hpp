#pragma once

#include "domain/ports/histories.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// The table `events`, by the index of its streams.
class PostgresHistories final : public domain::Histories {
  public:
    /// `connection` must outlive this.
    explicit PostgresHistories(Connection& connection) : connection_(connection) {}

    std::vector<std::string> categories() override;
    std::size_t count(const std::string& category) override;
    std::vector<domain::EventEnvelope>
    read(const domain::StreamId& after, domain::StreamVersion version, std::size_t limit) override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

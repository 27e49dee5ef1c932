#pragma once

#include "domain/ports/command_attempts.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// The table `command_attempts`.
class PostgresCommandAttempts final : public domain::CommandAttempts {
  public:
    /// `connection` must outlive this.
    explicit PostgresCommandAttempts(Connection& connection) : connection_(connection) {}

    void add(const domain::StoredCommand& command, const domain::Failure& failure) override;
    Skipped skip(const std::string& command_id) override;
    std::vector<domain::AttemptedCommand> open() override;
    void prune() override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

#pragma once

#include "domain/ports/generations.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// The columns of `logs` that tell of it.
class PostgresGenerations final : public domain::Generations {
  public:
    /// `connection` must outlive this.
    explicit PostgresGenerations(Connection& connection) : connection_(connection) {}

    domain::Generation present() override;
    Begun begin(const domain::NextGeneration& next) override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

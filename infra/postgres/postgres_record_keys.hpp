#pragma once

#include "domain/ports/record_keys.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

class PostgresRecordKeys final : public domain::RecordKeys {
  public:
    explicit PostgresRecordKeys(Connection& connection) : connection_(connection) {}

    std::vector<domain::RecordKey> valid() override;
    std::vector<domain::RecordKey> renew(std::chrono::seconds max_age, std::size_t keep) override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

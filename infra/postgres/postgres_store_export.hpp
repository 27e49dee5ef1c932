#pragma once

#include "domain/ports/store_export.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// `connection` must outlive this. The role that runs is enough.
class PostgresStoreExport final : public domain::StoreExport {
  public:
    explicit PostgresStoreExport(Connection& connection) : connection_(connection) {}

    domain::LogEnd end(domain::Log log) override;
    std::vector<domain::ArchivedCommand> commands(domain::Position after, domain::Position up_to)
        override;
    std::vector<domain::EventEnvelope> events(domain::Position after, domain::Position up_to)
        override;
    std::vector<domain::LetterNote> letters(domain::Position after, std::size_t limit) override;
    std::vector<domain::AttemptedCommand> attempts() override;
    std::vector<domain::Subscription> subscriptions() override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

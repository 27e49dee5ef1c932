#pragma once

#include "domain/ports/store_import.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// A connection on which rows may be added while the store is closed for others.
ConnectionSettings importing(ConnectionSettings settings);

/// While an import is under way, triggers refuse what others write, and check_schema() says why.
class PostgresStoreImport final : public domain::StoreImport {
  public:
    /// `connection`, made of importing() settings by the owner of the tables, must outlive this.
    explicit PostgresStoreImport(Connection& connection) : connection_(connection) {}

    domain::ImportPlace begin(const std::string& source) override;
    void add(std::span<const domain::ArchivedCommand> commands) override;
    void add(std::span<const domain::EventEnvelope> events) override;
    void add(std::span<const domain::BesideRow> rows) override;
    std::string command_id(domain::Position position) override;
    std::vector<domain::StreamVersion> versions(std::span<const domain::StreamId> streams) override;
    domain::Position position_of(const domain::StreamId& stream, domain::StreamVersion version)
        override;
    std::vector<domain::TakenKey> reserve(std::span<const domain::StreamKeys> streams) override;
    void finish(const domain::ImportEnd& end) override;
    void abandon() override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

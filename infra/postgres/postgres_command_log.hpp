#pragma once

#include "domain/ports/command_log.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// The table `commands`. Text must be UTF-8 without NUL: the edge has to see to that, since one
/// such row would fail its whole batch.
class PostgresCommandLog final : public domain::CommandLog {
  public:
    /// `connection` must outlive this.
    explicit PostgresCommandLog(Connection& connection) : connection_(connection) {}

    std::vector<domain::Acceptance> append(std::span<const domain::NewCommand> batch) override;
    domain::Position head() override;
    std::optional<domain::StoredCommand> find(const std::string& id) override;
    std::optional<domain::StoredCommand> find(const std::string& id, const domain::Issuer& user)
        override;
    std::vector<domain::StoredCommand> read(domain::Position after, std::size_t limit) override;
    std::vector<domain::StoredCommand>
    read_range(const domain::CommandRange& range, std::size_t limit) override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

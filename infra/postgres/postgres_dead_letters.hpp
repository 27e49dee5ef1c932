#pragma once

#include "domain/ports/dead_letters.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// In the table `dead_letters`.
class PostgresDeadLetters final : public domain::DeadLetters {
  public:
    /// `connection` must outlive this.
    explicit PostgresDeadLetters(Connection& connection) : connection_(connection) {}

    void explain(std::span<const domain::FailedCommand> commands) override;
    std::vector<domain::DeadLetter> read(const domain::DeadLetterQuery& query, std::size_t limit)
        override;
    std::int64_t count(const domain::DeadLetterQuery& query) override;
    std::optional<domain::DeadLetter> find(const std::string& command_id) override;
    std::optional<domain::DeadLetterState>
    retry(const std::string& command_id, const std::string& as_id) override;
    std::optional<domain::DeadLetterState> drop(const std::string& command_id) override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

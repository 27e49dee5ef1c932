#pragma once

#include "domain/ports/event_log.hpp"
#include "infra/postgres/connection.hpp"

namespace infra::postgres {

/// The table `events`, and the progress that is appended with them. Text must be UTF-8 without NUL.
class PostgresEventLog final : public domain::EventLog {
  public:
    /// `connection` must outlive this.
    explicit PostgresEventLog(Connection& connection) : connection_(connection) {}

    domain::AppendResult append(const domain::EventBatch& batch) override;
    domain::Cursor head() override;
    std::vector<domain::EventEnvelope> read(domain::Position after, std::size_t limit) override;
    std::vector<domain::EventEnvelope>
    read_streams(std::span<const domain::StreamCursor> streams, std::size_t limit) override;
    std::vector<domain::EventEnvelope> read_user(
        const std::string& user,
        domain::Position after,
        domain::Position up_to,
        std::size_t limit
    ) override;
    std::vector<domain::EventEnvelope> read_command(domain::Position command_position) override;

  private:
    Connection& connection_;
};

}  // namespace infra::postgres

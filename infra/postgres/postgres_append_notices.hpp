#pragma once

#include "domain/ports/append_notices.hpp"
#include "infra/postgres/connection.hpp"

#include <memory>

namespace infra::postgres {

/// NOTIFY from a thread and a connection of its own, so that no append waits for it; at most one is
/// under way, and all calls meanwhile become the next. Drops notices while PostgreSQL is away.
class PostgresAppendNotifier final : public domain::AppendNotifier {
  public:
    /// Throws domain::SetupError when the url cannot be understood. Does not connect.
    explicit PostgresAppendNotifier(ConnectionSettings settings);
    ~PostgresAppendNotifier() override;  ///< waits for a NOTIFY under way

    void appended(domain::Log log) override;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// LISTEN on a connection of its own, opened by the first wait() and again after a failure. While
/// PostgreSQL is away a wait() takes its whole time-out.
class PostgresAppendListener final : public domain::AppendListener {
  public:
    /// Throws domain::SetupError when the url cannot be understood. Does not connect.
    PostgresAppendListener(const ConnectionSettings& settings, domain::Log log);
    ~PostgresAppendListener() override;

    void wait(std::chrono::milliseconds timeout) override;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace infra::postgres

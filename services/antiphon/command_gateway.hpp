#pragma once

#include "domain/kernel/aggregate.hpp"
#include "gateway/commands/backlog.hpp"
#include "gateway/commands/command_routes.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/limits/rate_limiter.hpp"
#include "infra/postgres/postgres_append_notices.hpp"
#include "services/antiphon/edge.hpp"

namespace services::antiphon {

/// From HTTP to the command log.
struct CommandGateway {
    CommandGateway(const Settings& settings, Edge& edge, Process& process);

    std::vector<domain::AggregatePtr> aggregates = domain::all_aggregates();
    Store store;
    infra::postgres::PostgresAppendNotifier notifier;
    gateway::commands::Intake intake;
    Store backlog_store;
    gateway::commands::Backlog backlog;
    gateway::RateLimiter rate;
    gateway::RateLimiter bytes;
    gateway::commands::Admission admission;
    gateway::commands::CommandRoutes routes;
};

}  // namespace services::antiphon

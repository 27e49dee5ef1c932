#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/clock.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/token_verifier.hpp"
#include "gateway/commands/backlog.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/commands/rate_limiter.hpp"
#include "gateway/http/message.hpp"

#include <span>
#include <variant>

namespace gateway::commands {

/// What a request to POST /commands/… has to pass before its command is offered to the intake: the
/// user's rate, room in the intake, the backlog of its partition, and last whether it can be read
/// at all, so that a refusal under load is cheap. Used by one thread; does not block. What it is
/// made of outlives it.
class Admission {
  public:
    Admission(
        std::span<const domain::AggregatePtr> aggregates,
        RateLimiter& limiter,
        const Intake& intake,
        Backlog& backlog,
        const domain::Clock& clock
    );

    /// The command, or what to answer instead.
    std::variant<domain::NewCommand, http::Response>
    admit(const http::Request& request, const domain::VerifiedToken& caller);

  private:
    const std::span<const domain::AggregatePtr> aggregates_;
    RateLimiter& limiter_;
    const Intake& intake_;
    Backlog& backlog_;
    const domain::Clock& clock_;
};

}  // namespace gateway::commands

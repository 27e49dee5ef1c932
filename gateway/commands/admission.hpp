#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/clock.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/token_verifier.hpp"
#include "gateway/commands/backlog.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/commands/request.hpp"
#include "gateway/http/message.hpp"
#include "gateway/limits/rate_limiter.hpp"

#include <optional>
#include <span>
#include <variant>

namespace gateway::commands {

/// What a request to POST /commands/… has to pass before its command is offered to the intake: the
/// user's rates of commands and of bytes, room in the intake, the backlog of its partition, and
/// last whether it can be read at all, so that a refusal under load is cheap. Used by one thread;
/// does not block. What it is made of outlives it.
class Admission {
  public:
    Admission(
        Aggregates aggregates,
        RateLimiter& rate,
        RateLimiter& bytes,
        const Intake& intake,
        Backlog& backlog,
        const domain::Clock& clock
    );

    /// What stands against a request whose body has not come. Once a request: it is counted.
    std::optional<http::Response>
    enter(const http::Request& request, const domain::VerifiedToken& caller);

    /// The command, or what to answer instead. Enters by itself where the request has not yet.
    std::variant<domain::NewCommand, http::Response>
    admit(const http::Request& request, const domain::VerifiedToken& caller);

  private:
    const Aggregates aggregates_;
    RateLimiter& rate_;
    RateLimiter& bytes_;
    const Intake& intake_;
    Backlog& backlog_;
    const domain::Clock& clock_;
};

}  // namespace gateway::commands

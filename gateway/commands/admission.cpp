#include "gateway/commands/admission.hpp"

#include "gateway/commands/answers.hpp"
#include "gateway/commands/request.hpp"

namespace gateway::commands {

Admission::Admission(
    std::span<const domain::AggregatePtr> aggregates,
    RateLimiter& limiter,
    const Intake& intake,
    Backlog& backlog,
    const domain::Clock& clock
)
    : aggregates_(aggregates),
      limiter_(limiter),
      intake_(intake),
      backlog_(backlog),
      clock_(clock) {}

std::variant<domain::NewCommand, http::Response>
Admission::admit(const http::Request& request, const domain::VerifiedToken& caller) {
    const std::string& user = caller.issuer.subject;
    if (const auto wait = limiter_.take(user)) return too_fast(*wait);
    if (intake_.full()) return refused(Refusal::overloaded);
    // The stream need not exist: that is looked at last.
    const domain::StreamId stream{request.parameter("category"), request.parameter("entity")};
    if (const auto refusal = backlog_.enter(user, stream)) return refused(*refusal);
    return read_command(request, caller, aggregates_, clock_.now());
}

}  // namespace gateway::commands

#include "gateway/commands/admission.hpp"

#include "domain/kernel/number.hpp"
#include "gateway/commands/answers.hpp"

#include <utility>

namespace gateway::commands {
namespace {

/// Of the body; 0 where it comes in chunks.
std::int64_t announced_bytes(const http::Request& request) {
    const auto length = request.header("content-length");
    return length ? domain::parse_number<std::int64_t>(*length).value_or(0) : 0;
}

}  // namespace

Admission::Admission(
    Aggregates aggregates,
    RateLimiter& rate,
    RateLimiter& bytes,
    const Intake& intake,
    Backlog& backlog,
    const domain::Clock& clock
)
    : aggregates_(std::move(aggregates)),
      rate_(rate),
      bytes_(bytes),
      intake_(intake),
      backlog_(backlog),
      clock_(clock) {}

std::optional<http::Response>
Admission::enter(const http::Request& request, const domain::VerifiedToken& caller) {
    const std::string user = domain::user_key(caller.issuer);
    if (const auto wait = rate_.take(user)) return too_fast(*wait);
    // Taken also for what is refused below or rejected later: the bytes will have been read.
    if (const auto wait = bytes_.take(user, announced_bytes(request))) return too_many_bytes(*wait);
    if (intake_.full()) return refused(Refusal::overloaded);
    // The stream need not exist: that is looked at last.
    const domain::StreamId stream{request.parameter("category"), request.parameter("entity")};
    if (const auto refusal = backlog_.enter(user, stream)) return refused(*refusal);
    return std::nullopt;
}

std::variant<domain::NewCommand, http::Response>
Admission::admit(const http::Request& request, const domain::VerifiedToken& caller) {
    if (!request.admitted) {
        if (auto refusal = enter(request, caller)) return std::move(*refusal);
    }
    const auto unannounced =
        static_cast<std::int64_t>(request.body.size()) - announced_bytes(request);
    if (unannounced > 0) {
        const auto wait = bytes_.take(domain::user_key(caller.issuer), unannounced);
        if (wait) return too_many_bytes(*wait);
    }
    return read_command(request, caller, aggregates_, clock_.now());
}

}  // namespace gateway::commands

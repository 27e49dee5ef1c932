#include "gateway/commands/answers.hpp"

#include "gateway/commands/command_json.hpp"
#include "gateway/http/problem.hpp"

namespace gateway::commands {
namespace {

using http::Response;

Response try_again(
    int status,
    std::string_view code,
    std::string_view detail,
    std::chrono::milliseconds after = std::chrono::seconds(1)
) {
    Response response = http::problem(status, code, detail);
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(after);
    response.headers.emplace_back("Retry-After", std::to_string(seconds.count()));
    return response;
}

Response accepted(const std::string& id, const domain::Acceptance& acceptance) {
    if (acceptance.kind == domain::Acceptance::Kind::mismatched) {
        return http::problem(
            422, "key-reused", "This Idempotency-Key was used for another request."
        );
    }
    Response response;
    response.status = 202;
    response.body = accepted_json(id, acceptance);
    response.headers.emplace_back("Location", "/commands/" + id);
    return response;
}

Response undecided() {
    return try_again(
        503,
        "store-away",
        "The store did not answer in time, so the command may or may not be accepted. "
        "Send it again with the same Idempotency-Key."
    );
}

}  // namespace

Response answered(const std::string& id, const IntakeAnswer& answer) {
    return answer ? accepted(id, *answer) : undecided();
}

Response refused(Refusal refusal) {
    switch (refusal) {
        case Refusal::in_flight:
            return try_again(409, "in-flight", "The first request with this key is under way.");
        case Refusal::closed:
            return try_again(503, "going-down", "This instance is going down. Try again.");
        case Refusal::user_overloaded:
            return try_again(429, "too-many-waiting", "Too many of your commands wait. Try again.");
        case Refusal::behind:
            return try_again(
                503,
                "behind",
                "More commands wait to be carried out than may. Try again.",
                std::chrono::seconds(2)
            );
        case Refusal::overloaded:
            break;
    }
    return try_again(503, "overloaded", "More commands wait to be stored than may. Try again.");
}

Response too_fast(std::chrono::milliseconds wait) {
    return try_again(429, "too-many-commands", "You send commands faster than you may.", wait);
}

Response too_many_bytes(std::chrono::milliseconds wait) {
    return try_again(429, "too-many-bytes", "Your commands have more bytes than they may.", wait);
}

Response refused(const ReadRefusal& refusal) {
    switch (refusal.why) {
        case ReadRefusal::Why::too_fast:
            return try_again(429, "too-many-reads", "You read more than you may.", refusal.wait);
        case ReadRefusal::Why::user_overloaded:
            return try_again(
                429, "too-many-waiting", "Too many of your reads wait. Try again.", refusal.wait
            );
        case ReadRefusal::Why::overloaded:
            break;
    }
    return try_again(503, "overloaded", "More reads wait than may. Try again.", refusal.wait);
}

std::string read_status(
    domain::CommandLog& commands,
    domain::EventLog& events,
    const std::string& id,
    const domain::Issuer& user
) {
    const auto stored = commands.find(id, user);
    if (!stored) return {};
    return status_json(stored->command, events.read_command(stored->position));
}

}  // namespace gateway::commands

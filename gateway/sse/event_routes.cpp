#include "gateway/sse/event_routes.hpp"

#include "gateway/http/problem.hpp"
#include "gateway/http/response_stream.hpp"
#include "gateway/sse/session.hpp"

#include <utility>

namespace gateway::sse {
namespace {

/// The header wins: on an automatic reconnect the query is still that of the first connection.
std::string requested_cursor(const http::Request& request) {
    const auto header = request.header("last-event-id");
    if (header && !header->empty()) return std::string(*header);
    return std::string(request.query_value("last-event-id").value_or(""));
}

}  // namespace

EventRoutes::EventRoutes(
    Hub& hub,
    auth::Authenticator& authenticator,
    StoreReaders& readers,
    const domain::Clock& clock,
    SseSettings settings
)
    : hub_(hub),
      authenticator_(authenticator),
      readers_(readers),
      clock_(clock),
      settings_(settings) {}

void EventRoutes::add_to(http::Router& router) {
    router.add_stream(
        "GET",
        "/events",
        [this](const http::Request& request, http::ResponseStream& stream) {
            return serve(request, stream);
        }
    );
}

boost::asio::awaitable<void>
EventRoutes::serve(const http::Request& request, http::ResponseStream& stream) {
    constexpr bool cookie_allowed = true;
    auto caller = authenticator_.authenticate(request, cookie_allowed);
    if (auto* refusal = std::get_if<http::Response>(&caller)) {
        co_await stream.answer(std::move(*refusal));
        co_return;
    }
    const auto& token = std::get<domain::VerifiedToken>(caller);
    if (hub_.connections(token.issuer.subject) >= settings_.connections_per_subject_max) {
        http::Response refusal = http::problem(
            429,
            "too-many-streams",
            "You have too many event streams open: close one, or share one between tabs."
        );
        refusal.headers.emplace_back("Retry-After", "10");
        co_await stream.answer(std::move(refusal));
        co_return;
    }
    SessionRequest session;
    session.subject = token.issuer.subject;
    session.requested = requested_cursor(request);
    session.expires = token.expires;
    session.jitter = std::uniform_real_distribution<>(0, 1)(random_);
    co_await run_session(stream, hub_, readers_, clock_, settings_, std::move(session));
}

}  // namespace gateway::sse

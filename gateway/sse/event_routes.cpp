#include "gateway/sse/event_routes.hpp"

#include "gateway/http/response_stream.hpp"
#include "gateway/sse/last_event_id.hpp"
#include "gateway/sse/user_events.hpp"

#include <utility>

namespace gateway::sse {

EventRoutes::EventRoutes(Hub& hub, auth::Authenticator& authenticator, Streams& streams)
    : hub_(hub), authenticator_(authenticator), streams_(streams) {}

void EventRoutes::add_to(http::Router& router) {
    router.add_stream(
        "GET",
        "/events",
        [this](const http::Request& request, http::ResponseStream& stream) {
            return serve(request, stream);
        },
        {.takes_parameter = is_last_event_id, .produces = "text/event-stream"}
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
    if (auto refusal = refuse_head(request)) {
        co_await stream.answer(std::move(*refusal));
        co_return;
    }
    const auto& token = std::get<domain::VerifiedToken>(caller);
    auto slot = streams_.enter(domain::user_key(token.issuer));
    if (auto* refusal = std::get_if<http::Response>(&slot)) {
        co_await stream.answer(std::move(*refusal));
        co_return;
    }
    StreamRequest wanted;
    wanted.sequence = std::make_shared<UserEvents>(domain::user_key(token.issuer));
    wanted.begin = begin_at_head;
    wanted.last_event_id = last_event_id(request);
    co_await streams_.run(stream, hub_, token, std::move(wanted));
}

}  // namespace gateway::sse

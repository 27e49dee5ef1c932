#pragma once

#include "domain/ports/clock.hpp"
#include "gateway/auth/authenticator.hpp"
#include "gateway/http/router.hpp"
#include "gateway/sse/hub.hpp"
#include "gateway/sse/settings.hpp"
#include "gateway/store/store_readers.hpp"

#include <random>

namespace gateway::sse {

/// The route of the event stream:
///   GET /events   the caller's events, text/event-stream, from `Last-Event-ID` (or, where a client
///                 cannot set it, `?last-event-id=`), else from now on
/// On one io_context, the hub's. All arguments outlive it, and it outlives the server.
class EventRoutes {
  public:
    EventRoutes(
        Hub& hub,
        auth::Authenticator& authenticator,
        StoreReaders& readers,
        const domain::Clock& clock,
        SseSettings settings = {}
    );

    void add_to(http::Router& router);

  private:
    boost::asio::awaitable<void> serve(const http::Request& request, http::ResponseStream& stream);

    Hub& hub_;
    auth::Authenticator& authenticator_;
    StoreReaders& readers_;
    const domain::Clock& clock_;
    const SseSettings settings_;
    std::minstd_rand random_{std::random_device{}()};
};

}  // namespace gateway::sse

#pragma once

#include "gateway/auth/authenticator.hpp"
#include "gateway/http/router.hpp"
#include "gateway/sse/hub.hpp"
#include "gateway/sse/streams.hpp"

namespace gateway::sse {

/// The route of the event stream:
///   GET /events   the caller's events, text/event-stream, from `Last-Event-ID` (or, where a client
///                 cannot set it, `?last-event-id=` in any spelling), else from now on
/// On one io_context, the hub's. All arguments outlive it, and it outlives the server.
class EventRoutes {
  public:
    EventRoutes(Hub& hub, auth::Authenticator& authenticator, Streams& streams);

    void add_to(http::Router& router);

  private:
    boost::asio::awaitable<void> serve(const http::Request& request, http::ResponseStream& stream);

    Hub& hub_;
    auth::Authenticator& authenticator_;
    Streams& streams_;
};

}  // namespace gateway::sse

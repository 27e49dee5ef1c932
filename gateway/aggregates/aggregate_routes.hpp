#pragma once

#include "domain/kernel/aggregate.hpp"
#include "gateway/aggregates/aggregate_reader.hpp"
#include "gateway/aggregates/past_query.hpp"
#include "gateway/auth/authenticator.hpp"
#include "gateway/http/response_stream.hpp"
#include "gateway/http/router.hpp"
#include "gateway/sse/hub.hpp"
#include "gateway/sse/streams.hpp"

#include <span>
#include <string>
#include <variant>

namespace gateway::aggregates {

/// What the routes are made of. All outlive them.
struct AggregateRoutesParts {
    std::span<const domain::AggregatePtr> aggregates;
    auth::Authenticator& authenticator;
    AggregateReader& reader;
    sse::Hub& hub;  ///< of their events, one topic for each of `aggregates`, in their order
    sse::Streams& streams;
};

/// The routes of aggregates, in the form that `Accept` wants most:
///   GET /aggregates/{category}/{entity}   application/json: its state, folded from its events,
///                                         now or at a ?version= or ?at= a time of its past;
///                                         text/event-stream: a snapshot, then every event, from
///                                         any version on (see AggregateEvents)
///   GET /aggregates/{category}/{entity}/events   its events behind a version, a page of them
/// Of what is past, the state is shown to whoever may read both that and the present one; events,
/// as a stream has them, to whoever may read the present. On one io_context, the hub's. Outlives
/// the server.
class AggregateRoutes {
  public:
    explicit AggregateRoutes(const AggregateRoutesParts& parts) : parts_(parts) {}

    void add_to(http::Router& router);

  private:
    struct Seen {
        domain::StreamId stream;
        FoldPtr fold;  ///< at version 1 or above
    };
    struct Follower {
        domain::VerifiedToken caller;
        sse::Streams::Slot slot;
        sse::StreamRequest stream;
    };

    boost::asio::awaitable<http::Response> show(const http::Request& request);
    boost::asio::awaitable<http::Response> list(const http::Request& request);
    boost::asio::awaitable<void> follow(const http::Request& request, http::ResponseStream& stream);
    boost::asio::awaitable<std::variant<Seen, http::Response>>
    see(const http::Request& request, const domain::VerifiedToken& caller);
    boost::asio::awaitable<std::variant<Seen, http::Response>>
    look_back(Seen present, Moment moment, domain::Issuer user);
    boost::asio::awaitable<std::variant<Follower, http::Response>> admit_follower(
        const http::Request& request
    );
    sse::StreamRequest stream_of(Seen seen, const domain::Issuer& user);
    boost::asio::awaitable<bool>
    may_still_see(domain::StreamId stream, domain::Issuer user, sse::Ended ended);
    std::size_t topic_of(std::string_view category) const;

    const AggregateRoutesParts parts_;
};

}  // namespace gateway::aggregates

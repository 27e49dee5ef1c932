#include "gateway/aggregates/aggregate_routes.hpp"

#include "gateway/aggregates/aggregate_events.hpp"
#include "gateway/commands/answers.hpp"
#include "gateway/commands/command_json.hpp"
#include "gateway/commands/request.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/tick.hpp"
#include "gateway/sse/frame.hpp"
#include "gateway/sse/last_event_id.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

namespace gateway::aggregates {
namespace {

using boost::asio::awaitable;
using http::Request;
using http::Response;

/// CloudEvents 1.0, JSON batch format.
constexpr std::string_view events_media_type = "application/cloudevents-batch+json";

bool is_there(const FoldPtr& fold) { return fold && fold->version.value > 0; }

Response refusal_of(const FoldPtr& fold) {
    if (fold)
        return http::problem(
            404, "unknown-entity", "There is no such aggregate, or none that you may read."
        );
    return http::problem(
        500, "unreadable-history", "The past events of this aggregate cannot be read."
    );
}

}  // namespace

void AggregateRoutes::add_to(http::Router& router) {
    const std::string pattern = "/aggregates/{category}/{entity}";
    router.add(
        "GET",
        pattern,
        [this](const Request& request) { return show(request); },
        {.takes_parameter = is_moment, .produces = "application/json"}
    );
    router.add(
        "GET",
        pattern + "/events",
        [this](const Request& request) { return list(request); },
        {.takes_parameter = is_of_events, .produces = events_media_type}
    );
    router.add_stream(
        "GET",
        pattern,
        [this](const Request& request, http::ResponseStream& stream) {
            return follow(request, stream);
        },
        {.takes_parameter = sse::is_last_event_id, .produces = "text/event-stream"}
    );
}

awaitable<Response> AggregateRoutes::show(const Request& request) {
    auto caller = parts_.authenticator.authenticate(request);
    if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
    const auto& token = std::get<domain::VerifiedToken>(caller);
    auto moment = read_moment(request);
    if (auto* refusal = std::get_if<Response>(&moment)) co_return std::move(*refusal);
    auto seen = co_await see(request, token);
    if (auto* present = std::get_if<Seen>(&seen))
        seen = co_await look_back(std::move(*present), std::get<Moment>(moment), token.issuer);
    if (auto* refusal = std::get_if<Response>(&seen)) co_return std::move(*refusal);

    const auto& [stream, fold] = std::get<Seen>(seen);
    Response response;
    response.body = commands::aggregate_json(stream, fold->version, fold->json);
    response.headers = {
        {"ETag", '"' + std::to_string(fold->version.value) + '"'},
        {"Cache-Control", "private, no-cache"}};
    co_return response;
}

awaitable<Response> AggregateRoutes::list(const Request& request) {
    auto caller = parts_.authenticator.authenticate(request);
    if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
    const auto& token = std::get<domain::VerifiedToken>(caller);
    auto query = read_events_wanted(request);
    if (auto* refusal = std::get_if<Response>(&query)) co_return std::move(*refusal);
    auto seen = co_await see(request, token);
    if (auto* refusal = std::get_if<Response>(&seen)) co_return std::move(*refusal);

    const EventsWanted wanted = std::get<EventsWanted>(query);
    const auto& [stream, present] = std::get<Seen>(seen);
    domain::StreamCursor behind{stream, wanted.after};
    EventsPage page = co_await parts_.reader.events(std::move(behind), token.issuer, wanted.limit);
    Response response;
    response.content_type = events_media_type;
    response.body = std::move(page.json);
    if (page.last < present->version)
        response.headers.emplace_back(
            "Link",
            '<' + request.path + "?after=" + std::to_string(page.last.value) +
                "&limit=" + std::to_string(wanted.limit) + ">; rel=\"next\""
        );
    co_return response;
}

awaitable<void> AggregateRoutes::follow(const Request& request, http::ResponseStream& stream) {
    auto admitted = co_await admit_follower(request);
    if (auto* refusal = std::get_if<Response>(&admitted)) {
        co_await stream.answer(std::move(*refusal));
        co_return;
    }
    auto& follower = std::get<Follower>(admitted);
    co_await parts_.streams.run(stream, parts_.hub, follower.caller, std::move(follower.stream));
}

awaitable<std::variant<AggregateRoutes::Follower, Response>> AggregateRoutes::admit_follower(
    const Request& request
) {
    constexpr bool cookie_allowed = true;  // an EventSource can show nothing else
    auto caller = parts_.authenticator.authenticate(request, cookie_allowed);
    if (auto* refusal = std::get_if<Response>(&caller)) co_return std::move(*refusal);
    if (auto refusal = sse::refuse_head(request)) co_return std::move(*refusal);
    Follower follower;
    follower.caller = std::get<domain::VerifiedToken>(std::move(caller));
    const std::string user = domain::user_key(follower.caller.issuer);
    auto slot = parts_.streams.enter(user);
    if (auto* refusal = std::get_if<Response>(&slot)) co_return std::move(*refusal);
    follower.slot = std::get<sse::Streams::Slot>(std::move(slot));

    auto seen = co_await see(request, follower.caller);
    if (auto* refusal = std::get_if<Response>(&seen)) co_return std::move(*refusal);
    follower.stream = stream_of(std::get<Seen>(std::move(seen)), follower.caller.issuer);
    follower.stream.last_event_id = sse::last_event_id(request);
    co_return follower;
}

/// Keeps the state no longer than until it is sent.
sse::StreamRequest AggregateRoutes::stream_of(Seen seen, const domain::Issuer& user) {
    sse::StreamRequest wanted;
    wanted.sequence = std::make_shared<AggregateEvents>(
        seen.stream, topic_of(seen.stream.category), seen.fold->version
    );
    wanted.may_go_on = [this, stream = seen.stream, user](sse::Ended ended) {
        return may_still_see(stream, user, std::move(ended));
    };
    wanted.begin = [seen = std::move(seen)](const domain::Cursor& head, auto, auto) {
        const auto& [stream, fold] = seen;
        const std::string json = commands::aggregate_json(stream, fold->version, fold->json);
        return sse::snapshot_frame(json, fold->version, head.incarnation);
    };
    return wanted;
}

/// The aggregate as the caller may see it, or what is answered instead: the same to whatever form.
awaitable<std::variant<AggregateRoutes::Seen, Response>>
AggregateRoutes::see(const Request& request, const domain::VerifiedToken& caller) {
    const auto start = std::chrono::steady_clock::now();
    auto named = commands::read_stream(request, parts_.aggregates);
    if (auto* refusal = std::get_if<Response>(&named)) co_return std::move(*refusal);
    Seen seen;
    seen.stream = std::get<domain::StreamId>(std::move(named));
    const domain::Issuer user = caller.issuer;
    if (const auto refusal = parts_.reader.admit(domain::user_key(user)))
        co_return commands::refused(*refusal);
    seen.fold = co_await parts_.reader.read(seen.stream, user);
    if (is_there(seen.fold)) co_return seen;
    co_await http::wait_for_tick(start);
    co_return refusal_of(seen.fold);
}

/// The same at that moment. That it is there is no secret to who may read it as it is now.
awaitable<std::variant<AggregateRoutes::Seen, Response>>
AggregateRoutes::look_back(Seen present, Moment moment, domain::Issuer user) {
    const domain::StreamVersion now = present.fold->version;
    if (moment.time) {
        const domain::StreamVersion then =
            co_await parts_.reader.version_at(present.stream, user, *moment.time);
        moment.version = std::min(then, now);
    }
    const domain::StreamVersion version = moment.version.value_or(now);
    if (version == now) co_return present;
    Seen past{present.stream, std::make_shared<const Fold>()};
    if (version < now && version.value > 0)
        past.fold = co_await parts_.reader.read_past(present.stream, user, version);
    if (version > now || (is_there(past.fold) && past.fold->version < version))
        co_return http::problem(
            404,
            "unknown-version",
            "There is no version " + std::to_string(version.value) + " yet, but " +
                std::to_string(now.value) + '.'
        );
    if (!is_there(past.fold)) co_return refusal_of(past.fold);
    co_return past;
}

/// Asked of a stream that has begun: the same question as at its beginning.
awaitable<bool>
AggregateRoutes::may_still_see(domain::StreamId stream, domain::Issuer user, sse::Ended ended) {
    const FoldPtr fold =
        co_await parts_.reader.read_again(std::move(stream), std::move(user), std::move(ended));
    co_return is_there(fold);
}

std::size_t AggregateRoutes::topic_of(std::string_view category) const {
    std::size_t topic = 0;
    while (parts_.aggregates[topic]->category() != category) ++topic;
    return topic;
}

}  // namespace gateway::aggregates

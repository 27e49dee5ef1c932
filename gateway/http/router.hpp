#pragma once

#include "gateway/http/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gateway::http {

class ResponseStream;

/// Answers a request at once or after waiting. The request outlives the coroutine.
using Handler = std::function<boost::asio::awaitable<Response>(const Request&)>;

/// Answers by a stream that stays open; returns when it is over. Both arguments outlive the
/// coroutine.
using StreamHandler = std::function<boost::asio::awaitable<void>(const Request&, ResponseStream&)>;

/// What a route says of itself besides its handler.
struct RouteTraits {
    /// Is there a query parameter of this name? Others are refused by name, and so is one that
    /// comes twice.
    bool (*takes_parameter)(std::string_view name) = [](std::string_view) { return false; };
    /// The media type that is answered with, where `Accept` counts; empty: it does not. Of routes
    /// with the same method and pattern, the one is taken that `Accept` wants most, and of those
    /// the first.
    std::string_view produces{};
    /// Asked where a body is still to come, with a request that has none: the answer to a request
    /// that needs no body to be refused. The handler then finds it `admitted`.
    std::function<std::optional<Response>(const Request&)> admit{};
};

/// For resources whose answer no parameter could change, and to which people's links add their own.
inline bool any_parameter(std::string_view) { return true; }

/// The table of routes: a pattern is a path whose {segments} match anything that is not empty.
/// Filled before the server starts, read-only afterwards.
class Router {
  public:
    /// The answers of a GET are held against the conditions of the request, by their `ETag`.
    void add(std::string method, std::string pattern, Handler handler, RouteTraits traits = {});
    /// A stream looks at conditions by itself: it has begun when it would be asked.
    void add_stream(
        std::string method,
        std::string pattern,
        StreamHandler handler,
        RouteTraits traits = {}
    );

    /// Asks `refuse` before any route is looked for: what it gives is the answer.
    void guard(std::function<std::optional<Response>(const Request&)> refuse) {
        refuse_ = std::move(refuse);
    }

    struct Route {
        std::string method;
        std::vector<std::string> segments;
        std::variant<Handler, StreamHandler> handler;
        RouteTraits traits;
    };

    /// The route, and the request's parameters filled in; or the answer of the router itself: to
    /// OPTIONS, or why there is no route (400, 404, 405, 406, 501). A HEAD finds the route of GET.
    std::variant<const Route*, Response> find(Request& request) const;

  private:
    const Route* wanted(const Request& request) const;
    std::optional<Response> refuse_accept(const Request& request, const Route& route) const;
    Response options(const Request& request) const;
    std::string allowed(const Request& request) const;

    std::vector<Route> routes_;
    std::function<std::optional<Response>(const Request&)> refuse_;
};

}  // namespace gateway::http

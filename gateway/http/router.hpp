#pragma once

#include "gateway/http/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
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

/// The table of routes: a pattern is a path whose {segments} match anything that is not empty.
/// Filled before the server starts, read-only afterwards.
class Router {
  public:
    void add(std::string method, std::string pattern, Handler handler);
    void add_stream(std::string method, std::string pattern, StreamHandler handler);

    /// The handler, and the request's parameters filled in; or the 404 or 405 to answer with.
    std::variant<const Handler*, const StreamHandler*, Response> find(Request& request) const;

  private:
    struct Route {
        std::string method;
        std::vector<std::string> segments;
        std::variant<Handler, StreamHandler> handler;
    };
    std::vector<Route> routes_;
};

}  // namespace gateway::http

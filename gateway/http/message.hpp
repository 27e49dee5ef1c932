#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateway::http {

using Fields = std::vector<std::pair<std::string, std::string>>;

/// A whole request, read and bounded. Plain data: nothing of Beast shows.
struct Request {
    std::string method{};                 ///< "POST"
    std::string authority{};              ///< of a target in absolute form; the host is that, then
    std::string path{};                   ///< as sent, without the query
    std::vector<std::string> segments{};  ///< of the path, percent-decoded
    Fields parameters{};                  ///< what the route's {names} matched, decoded
    Fields query{};                       ///< decoded
    Fields headers{};                     ///< names in lower case
    std::string body{};
    bool admitted = false;  ///< the route has looked at the head already

    std::optional<std::string_view> header(std::string_view lower_case_name) const;
    std::optional<std::string_view> query_value(std::string_view name) const;
    /// The route's {name}; must be one of them.
    const std::string& parameter(std::string_view name) const;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body{};
    Fields headers{};
};

}  // namespace gateway::http

#include "gateway/http/router.hpp"

#include "gateway/http/problem.hpp"

#include <algorithm>
#include <set>

namespace gateway::http {
namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
    return std::equal(
        pattern.begin(),
        pattern.end(),
        segments.begin(),
        segments.end(),
        [](const std::string& expected, const std::string& segment) {
            return is_parameter(expected) ? !segment.empty() : expected == segment;
        }
    );
}

Fields
parameters(const std::vector<std::string>& pattern, const std::vector<std::string>& segments) {
    Fields found;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_parameter(pattern[i]))
            found.emplace_back(pattern[i].substr(1, pattern[i].size() - 2), segments[i]);
    }
    return found;
}

std::vector<std::string> split(std::string_view pattern) {
    std::vector<std::string> segments;
    while (!pattern.empty()) {
        pattern.remove_prefix(1);
        const std::size_t end = std::min(pattern.find('/'), pattern.size());
        segments.emplace_back(pattern.substr(0, end));
        pattern.remove_prefix(end);
    }
    return segments;
}

Response not_allowed(const std::set<std::string>& methods) {
    std::string allow;
    for (const std::string& method : methods) allow += (allow.empty() ? "" : ", ") + method;
    Response response = problem(405, "method-not-allowed", "This resource takes: " + allow + ".");
    response.headers.emplace_back("Allow", allow);
    return response;
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler) {
    routes_.push_back({std::move(method), split(pattern), std::move(handler)});
}

void Router::add_stream(std::string method, std::string pattern, StreamHandler handler) {
    routes_.push_back({std::move(method), split(pattern), std::move(handler)});
}

std::variant<const Handler*, const StreamHandler*, Response> Router::find(Request& request) const {
    std::set<std::string> allowed;
    for (const Route& route : routes_) {
        if (!matches(route.segments, request.segments)) continue;
        const auto* handler = std::get_if<Handler>(&route.handler);
        const bool answers_head = handler != nullptr && route.method == "GET";
        if (route.method == request.method || (answers_head && request.method == "HEAD")) {
            request.parameters = parameters(route.segments, request.segments);
            if (handler != nullptr) return handler;
            return &std::get<StreamHandler>(route.handler);
        }
        allowed.insert(route.method);
        if (answers_head) allowed.insert("HEAD");
    }
    if (!allowed.empty()) {
        allowed.insert("OPTIONS");
        return not_allowed(allowed);
    }
    return problem(404, "not-found", "There is nothing at this path.");
}

}  // namespace gateway::http

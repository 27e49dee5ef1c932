#include "gateway/http/router.hpp"

#include "gateway/http/cors.hpp"
#include "gateway/http/media.hpp"
#include "gateway/http/preconditions.hpp"
#include "gateway/http/problem.hpp"

#include <algorithm>
#include <array>
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

bool is_of_whole_server(const Request& request) { return request.path == "*"; }

/// RFC 9110, 9.1: what is in no standard is not implemented, which is another thing than not
/// allowed.
bool is_known(std::string_view method) {
    constexpr std::array<std::string_view, 8> known{
        "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"};
    return std::find(known.begin(), known.end(), method) != known.end();
}

bool serves(const Router::Route& route, std::string_view method) {
    return route.method == method || (route.method == "GET" && method == "HEAD");
}

std::optional<Response> refuse_query(const Request& request, const RouteTraits& traits) {
    std::optional<std::string> unknown;
    std::set<std::string_view> seen;
    for (const auto& [name, value] : request.query) {
        if (!traits.takes_parameter(name)) {
            unknown = unknown ? *unknown + ", " : std::string();
            *unknown += name.empty() ? R"("")" : name;
        } else if (!seen.insert(name).second && traits.takes_parameter != any_parameter) {
            return problem(
                400, "repeated-parameter", "The query parameter " + name + " comes more than once."
            );
        }
    }
    if (!unknown) return std::nullopt;
    return problem(
        400, "unknown-parameter", "This resource takes no query parameter of this name: " + *unknown
    );
}

bool is_form_of(const Router::Route& one, const Router::Route& other) {
    return one.method == other.method && one.segments == other.segments;
}

/// How much the request wants what this route answers with.
int quality(const Request& request, const Router::Route& route) {
    return quality(request, route.traits.produces);
}

/// RFC 9110, 9.3.1: no answer to a GET depends on a body. One who sends it means something else, or
/// to have the next request read otherwise by us than by who stands before us.
std::optional<Response> refuse_content(const Request& request, const Router::Route& route) {
    if (route.method != "GET") return std::nullopt;
    const std::string_view length = request.header("content-length").value_or("0");
    if (!request.header("transfer-encoding") && length.find_first_not_of('0') == length.npos)
        return std::nullopt;
    return problem(400, "unwanted-body", "A GET takes no body.");
}

/// No route leaves a condition out, whether it has a tag or not.
Handler with_conditions(Handler handler) {
    return
        [handler = std::move(handler)](const Request& request) -> boost::asio::awaitable<Response> {
            Response response = co_await handler(request);
            co_return conditioned(request, std::move(response));
        };
}

}  // namespace

void Router::add(std::string method, std::string pattern, Handler handler, RouteTraits traits) {
    if (method == "GET") handler = with_conditions(std::move(handler));
    routes_.push_back({std::move(method), split(pattern), std::move(handler), std::move(traits)});
}

void Router::add_stream(
    std::string method,
    std::string pattern,
    StreamHandler handler,
    RouteTraits traits
) {
    routes_.push_back({std::move(method), split(pattern), std::move(handler), std::move(traits)});
}

std::variant<const Router::Route*, Response> Router::find(Request& request) const {
    if (refuse_) {
        if (auto refusal = refuse_(request)) return std::move(*refusal);
    }
    if (request.method == "OPTIONS") return options(request);
    if (const Route* route = wanted(request)) {
        if (!request.query.empty()) {
            if (auto refusal = refuse_query(request, route->traits)) return std::move(*refusal);
        }
        if (auto refusal = refuse_accept(request, *route)) return std::move(*refusal);
        if (auto refusal = refuse_content(request, *route)) return std::move(*refusal);
        request.parameters = parameters(route->segments, request.segments);
        return route;
    }
    if (!is_known(request.method))
        return problem(501, "unknown-method", "There is no such method here.");
    const std::string methods = allowed(request);
    if (methods.empty()) return problem(404, "not-found", "There is nothing at this path.");
    Response response = problem(405, "method-not-allowed", "This resource takes: " + methods + '.');
    response.headers.emplace_back("Allow", methods);
    return response;
}

/// The first route that matches, or another form of the same.
const Router::Route* Router::wanted(const Request& request) const {
    const Route* best = nullptr;
    for (const Route& route : routes_) {
        if (!serves(route, request.method) || !matches(route.segments, request.segments)) continue;
        if (best && !is_form_of(route, *best)) continue;
        if (!best || quality(request, route) > quality(request, *best)) best = &route;
    }
    return best;
}

std::optional<Response> Router::refuse_accept(const Request& request, const Route& route) const {
    if (route.traits.produces.empty() || quality(request, route) > 0) return std::nullopt;
    std::string forms;
    for (const Route& form : routes_) {
        if (is_form_of(form, route))
            forms += (forms.empty() ? "" : " and ") + std::string(form.traits.produces);
    }
    return problem(406, "not-acceptable", "The header Accept leaves out " + forms + '.');
}

/// A browser's preflight passes also where there is nothing: so its page can read the 404.
Response Router::options(const Request& request) const {
    const bool preflight = is_preflight(request);
    const std::string methods = allowed(request);
    if (methods.empty() && !preflight)
        return problem(404, "not-found", "There is nothing at this path.");
    Response response;
    response.status = 204;
    if (!methods.empty()) response.headers.emplace_back("Allow", methods);
    if (preflight) add_preflight(response, request);
    return response;
}

/// The methods of a path, or of the whole server; empty where there is nothing.
std::string Router::allowed(const Request& request) const {
    std::set<std::string> methods;
    for (const Route& route : routes_) {
        if (!is_of_whole_server(request) && !matches(route.segments, request.segments)) continue;
        methods.insert({route.method, "OPTIONS"});
        if (route.method == "GET") methods.insert("HEAD");
    }
    std::string list;
    for (const std::string& method : methods) list += (list.empty() ? "" : ", ") + method;
    return list;
}

}  // namespace gateway::http

#include "gateway/http/cors.hpp"

#include "gateway/http/field_rules.hpp"

#include <algorithm>

namespace gateway::http {
namespace {

/// Where a preflight asks for none in particular.
constexpr std::string_view known_headers =
    "Accept, Authorization, Cache-Control, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
    "Last-Event-ID, traceparent, X-Correlation-ID";

bool is_list_of_names(std::string_view text) {
    const auto names = elements(text);
    return !names.empty() && std::ranges::all_of(names, is_token);
}

}  // namespace

void append_cors(
    std::string& head,
    const std::vector<std::string>& allowed_origins,
    const Request& request
) {
    if (allowed_origins.empty()) return;
    const auto origin = request.header("origin");
    if (!origin) return;
    if (std::find(allowed_origins.begin(), allowed_origins.end(), *origin) == allowed_origins.end())
        return;
    head += "Access-Control-Allow-Origin: ";
    head += *origin;
    head +=
        "\r\nAccess-Control-Allow-Credentials: true\r\n"
        "Access-Control-Expose-Headers: Accept, Accept-Encoding, Allow, Date, ETag, Link, "
        "Location, Retry-After, WWW-Authenticate\r\n";
}

bool is_preflight(const Request& request) {
    return request.method == "OPTIONS" && request.header("origin") &&
           request.header("access-control-request-method");
}

void add_preflight(Response& response, const Request& request) {
    const auto asked = [&](std::string_view name) { return request.header(name).value_or(""); };
    const std::string_view method = asked("access-control-request-method");
    const std::string_view headers = asked("access-control-request-headers");
    if (is_token(method)) response.headers.emplace_back("Access-Control-Allow-Methods", method);
    response.headers.emplace_back(
        "Access-Control-Allow-Headers", is_list_of_names(headers) ? headers : known_headers
    );
    response.headers.emplace_back("Access-Control-Max-Age", "600");
}

}  // namespace gateway::http

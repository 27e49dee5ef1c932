#include "gateway/http/cors.hpp"

#include <algorithm>

namespace gateway::http {

void append_cors(
    std::string& head,
    const std::vector<std::string>& allowed_origins,
    const Request& request
) {
    if (allowed_origins.empty()) return;
    head += "Vary: Origin\r\n";
    const auto origin = request.header("origin");
    if (!origin) return;
    if (std::find(allowed_origins.begin(), allowed_origins.end(), *origin) == allowed_origins.end())
        return;
    head += "Access-Control-Allow-Origin: ";
    head += *origin;
    head +=
        "\r\nAccess-Control-Allow-Credentials: true\r\n"
        "Access-Control-Expose-Headers: Location, ETag, Retry-After\r\n";
}

bool is_preflight(const Request& request) {
    return request.method == "OPTIONS" && request.header("origin") &&
           request.header("access-control-request-method");
}

void add_preflight(Response& response, std::string_view methods) {
    response.headers.emplace_back("Access-Control-Allow-Methods", methods);
    response.headers.emplace_back(
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, traceparent, "
        "X-Correlation-ID"
    );
    response.headers.emplace_back("Access-Control-Max-Age", "600");
}

}  // namespace gateway::http

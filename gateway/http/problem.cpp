#include "gateway/http/problem.hpp"

#include "gateway/http/response_bytes.hpp"

#include <nlohmann/json.hpp>

namespace gateway::http {

Response problem(
    int status,
    std::string_view code,
    std::string_view detail,
    const std::vector<domain::FieldError>& errors
) {
    nlohmann::ordered_json body{
        {"type", "about:blank"},
        {"title", reason(status)},
        {"status", status},
        {"code", code},
        {"detail", detail},
    };
    for (const domain::FieldError& error : errors) {
        body["errors"].push_back(
            {{"location", error.location}, {"code", error.code}, {"message", error.message}}
        );
    }
    // What a client sent may be quoted, and need not be UTF-8.
    using Json = nlohmann::ordered_json;
    std::string text = body.dump(-1, ' ', false, Json::error_handler_t::replace);
    return {.status = status, .content_type = "application/problem+json", .body = std::move(text)};
}

}  // namespace gateway::http

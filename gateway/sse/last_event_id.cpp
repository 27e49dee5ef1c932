#include "gateway/sse/last_event_id.hpp"

#include "gateway/http/preconditions.hpp"
#include "gateway/http/problem.hpp"

namespace gateway::sse {

bool is_last_event_id(std::string_view parameter) {
    std::string letters;
    for (const char c : parameter) {
        if (c != '-' && c != '_')
            letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return letters == "lasteventid";
}

std::string last_event_id(const http::Request& request) {
    const auto header = request.header("last-event-id");
    if (header && !header->empty()) return std::string(*header);
    return request.query.empty() ? std::string() : request.query.front().second;
}

std::optional<http::Response> refuse_head(const http::Request& request) {
    if (request.query.size() > 1)
        return http::problem(
            400, "repeated-parameter", "The cursor to go on from comes more than once in the query."
        );
    return http::unmet_precondition(request, {});
}

}  // namespace gateway::sse

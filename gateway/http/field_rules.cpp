#include "gateway/http/field_rules.hpp"

#include <algorithm>
#include <array>

namespace gateway::http {
namespace {

/// What is no list by its grammar, of what we or what stands in front of us reads. Sorted. The rest
/// is taken for a list, which does no harm: nobody reads it.
constexpr std::array<std::string_view, 25> singletons{
    "access-control-request-method",  // Fetch, 3.3.4
    "authorization",                  // RFC 9110, 11.6.2
    "content-length",                 // RFC 9110, 8.6; RFC 9112, 6.3
    "content-location",               // RFC 9110, 8.7
    "content-range",                  // RFC 9110, 14.4
    "content-type",                   // RFC 9110, 8.3
    "date",                           // RFC 9110, 6.6.1
    "from",                           // RFC 9110, 10.1.2
    "host",                           // RFC 9110, 7.2
    "idempotency-key",                // draft-ietf-httpapi-idempotency-key-header, 2.1
    "if-modified-since",              // RFC 9110, 13.1.3
    "if-range",                       // RFC 9110, 13.1.5
    "if-unmodified-since",            // RFC 9110, 13.1.4
    "last-event-id",                  // HTML, 9.2.4
    "max-forwards",                   // RFC 9110, 7.6.2
    "origin",                         // RFC 6454, 7
    "proxy-authorization",            // RFC 9110, 11.7.2
    "range",                          // RFC 9110, 14.2
    "referer",                        // RFC 9110, 10.1.3
    "sec-fetch-dest",                 // Fetch Metadata, 2
    "sec-fetch-mode",
    "sec-fetch-site",
    "traceparent",       // Trace Context, 3.2
    "user-agent",        // RFC 9110, 10.1.5
    "x-correlation-id",  // ours
};
static_assert(std::is_sorted(singletons.begin(), singletons.end()));

}  // namespace

bool add_field(Fields& fields, std::string lower_case_name, std::string_view value) {
    const auto earlier = std::find_if(fields.begin(), fields.end(), [&](const auto& field) {
        return field.first == lower_case_name;
    });
    if (earlier == fields.end()) {
        fields.emplace_back(std::move(lower_case_name), value);
        return true;
    }
    if (std::binary_search(singletons.begin(), singletons.end(), lower_case_name)) return false;
    earlier->second += lower_case_name == "cookie" ? "; " : ", ";
    earlier->second += value;
    return true;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

std::string_view trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::vector<std::string_view> elements(std::string_view list) {
    std::vector<std::string_view> found;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        const std::string_view element = trimmed(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
        if (!element.empty()) found.push_back(element);
    }
    return found;
}

}  // namespace gateway::http

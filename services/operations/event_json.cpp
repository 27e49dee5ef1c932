#include "services/operations/event_json.hpp"

#include "domain/kernel/cloud_event.hpp"

#include <nlohmann/json.hpp>

namespace services::operations {

std::string in_one_line(domain::Payload payload) {
    for (char& c : payload)
        if (c == '\n' || c == '\r') c = ' ';
    return payload;
}

std::string event_json(const domain::EventEnvelope& event) {
    nlohmann::ordered_json json{
        {"specversion", "1.0"},
        {"id", domain::event_id(event)},
        {"type", domain::event_type(event)},
        {"source", domain::event_source(event)},
        {"subject", event.stream.entity},
        {"time", domain::to_string(event.time)},
        {"datacontenttype", "application/json"},
        {"category", event.stream.category},
        {"streamversion", event.version.value},
        {"position", event.position.value},
        {"user", event.issuer.subject}};
    if (!event.issuer.token_issuer.empty()) json["issuer"] = event.issuer.token_issuer;
    json["commandid"] = event.command_id;
    json["commandposition"] = event.command_position.value;
    json["causationid"] = event.command_id;
    json["correlationid"] = event.correlation_id;
    if (!event.trace_parent.empty()) json["traceparent"] = event.trace_parent;
    json["ordinal"] = event.ordinal;
    json["last"] = event.last;
    std::string line = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    line.pop_back();
    return line + R"(,"data":)" + in_one_line(event.data) + '}';
}

}  // namespace services::operations

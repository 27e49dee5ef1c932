#include "gateway/commands/command_json.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/outcome.hpp"

#include <nlohmann/json.hpp>

namespace gateway::commands {
namespace {

using Json = nlohmann::ordered_json;

/// `,"name":` and the payload as it is: it is JSON, and its bytes are not ours to change.
void append_payload(std::string& json, std::string_view name, const domain::Payload& payload) {
    json.pop_back();
    json += ",\"";
    json += name;
    json += "\":";
    json += payload;
    json += '}';
}

std::string event_json(const domain::EventEnvelope& event) {
    const Json head{
        {"id", domain::event_id(event)},
        {"type", domain::event_type(event)},
        {"position", event.position.value},
        {"version", event.version.value},
    };
    std::string json = head.dump();
    append_payload(json, "data", event.data);
    return json;
}

std::string events_json(std::span<const domain::EventEnvelope> events) {
    std::string json = "[";
    for (const domain::EventEnvelope& event : events) {
        if (json.size() > 1) json += ',';
        json += event_json(event);
    }
    return json + ']';
}

}  // namespace

std::string accepted_json(const std::string& id, const domain::Acceptance& acceptance) {
    // All of these are words without anything to escape, and this is the one hot answer.
    std::string json;
    json.reserve(256);
    json += R"({"id":")";
    json += id;
    json += R"(","correlationid":")";
    json += acceptance.correlation_id;
    json += R"(","cursor":")";
    json += to_string(acceptance.cursor);
    json += R"(","links":{"self":"/commands/)";
    json += id;
    json += R"(","events":"/events"}})";
    return json;
}

std::string
status_json(const domain::CommandEnvelope& command, std::span<const domain::EventEnvelope> events) {
    const bool outcome = !events.empty() && events[0].stream.category == domain::outcome_category;
    std::string status = "applied";
    if (events.empty()) status = "pending";
    if (outcome) status = events[0].type;
    Json json{
        {"id", command.id},
        {"status", status},
        {"command",
         {{"category", command.stream.category},
          {"entity", command.stream.entity},
          {"name", command.name}}},
        {"correlationid", command.correlation_id},
    };
    if (!command.causation_id.empty()) json["causationid"] = command.causation_id;
    if (outcome) {
        const Json data = Json::parse(events[0].data);
        for (const char* field : {"code", "message", "errors"}) {
            if (data.contains(field)) json[field] = data[field];
        }
        events = {};
    }
    std::string text = json.dump();
    append_payload(text, "events", events_json(events));
    return text;
}

std::string aggregate_json(
    const domain::StreamId& stream,
    domain::StreamVersion version,
    const domain::Payload& state
) {
    const Json head{
        {"category", stream.category},
        {"entity", stream.entity},
        {"version", version.value},
    };
    std::string json = head.dump();
    append_payload(json, "state", state);
    return json;
}

}  // namespace gateway::commands

#include "gateway/contracts/documents.hpp"
#include "gateway/contracts/parts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace gateway::contracts {
namespace {

using Json = nlohmann::ordered_json;

/// " of 1 to 200", " of at most 5"; nothing where it has no limits. That of an int64 is none.
std::string range(const Json& schema, const char* least_name, const char* most_name) {
    using Int64 = std::numeric_limits<std::int64_t>;
    Json least = schema.value(least_name, Json());
    Json most = schema.value(most_name, Json());
    if (least == Int64::min()) least = {};
    if (most == Int64::max()) most = {};
    if (least == most && !least.is_null()) return ' ' + least.dump();
    if (!least.is_null() && !most.is_null()) return ' ' + least.dump() + " to " + most.dump();
    if (!least.is_null()) return " at least " + least.dump();
    return most.is_null() ? "" : " at most " + most.dump();
}

std::string listed(const Json& texts) {
    std::string all;
    for (const Json& text : texts) all += (all.empty() ? "" : "|") + text.get<std::string>();
    return all;
}

std::string fields(const Json& schema, const std::string& indent);

/// What a value is, in a line; below it, further in, the fields of structs in it.
std::string words(const Json& schema, const std::string& indent) {
    if (schema.contains("$ref")) return "as above";
    if (schema.contains("const")) return schema["const"];
    if (schema.contains("enum")) return listed(schema["enum"]);
    if (schema.contains("oneOf")) {
        std::string all = "one of";
        for (const Json& each : schema["oneOf"]) all += fields(each, indent + "| ");
        return all;
    }
    const std::string type = schema["type"];
    if (type == "array")
        return "list" + range(schema, "minItems", "maxItems") + " of " +
               words(schema["items"], indent);
    if (type == "object" && !schema.contains("properties"))
        return "map" + range(schema, "minProperties", "maxProperties") + " from " +
               words(schema.value("propertyNames", Json{{"type", "string"}}), indent) + " to " +
               words(schema["additionalProperties"], indent);
    if (type == "object") return "object" + fields(schema, indent);
    std::string text = schema.value("format", type);
    if (schema.contains("x-decimal-places")) text += '(' + schema["x-decimal-places"].dump() + ')';
    return text + range(schema, "minimum", "maximum") + range(schema, "minLength", "maxLength") +
           range(schema, "formatMinimum", "formatMaximum");
}

/// A line for each field: "amount    decimal(2) at least 0.01", "reference?  string 1 to 100".
std::string fields(const Json& schema, const std::string& indent) {
    const Json required = schema.value("required", Json::array());
    const auto shown = [&](const std::string& name) {
        return name + (std::ranges::find(required, Json(name)) == required.end() ? "?" : "");
    };
    const Json properties = schema.value("properties", Json::object());
    std::size_t width = 0;
    for (const auto& [name, field] : properties.items())
        width = std::max(width, shown(name).size());
    std::string all;
    for (const auto& [name, field] : properties.items()) {
        std::string first = shown(name);
        first.resize(width, ' ');
        all += '\n' + indent + first + "  " + words(field, indent + "  ");
    }
    return all;
}

std::string told(const domain::MessageContract& message) {
    std::string line = "    " + message.name;
    if (!message.access.empty()) line += "  who may: " + message.access;
    const Json schema = Json::parse(message.schema);
    if (schema.contains("deprecated")) line += "  of old";
    return line + fields(schema, "      ") + '\n';
}

}  // namespace

std::string summary(Aggregates aggregates) {
    std::string all;
    for (const auto& aggregate : aggregates) {
        const domain::Contract contract = aggregate->contract("#/");
        if (!all.empty()) all += '\n';
        all += std::string(aggregate->category()) + "\n  commands\n";
        for (const auto& command : contract.commands) all += told(command);
        all += "  events\n";
        for (const auto& event : contract.events) all += told(event);
        if (!contract.state.empty())
            all += "  state" + fields(Json::parse(contract.state), "    ") + '\n';
    }
    return all;
}

}  // namespace gateway::contracts

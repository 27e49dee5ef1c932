#include "gateway/contracts/documents.hpp"
#include "gateway/contracts/parts.hpp"

#include <nlohmann/json.hpp>

namespace gateway::contracts {
namespace {

using Json = nlohmann::ordered_json;

Json parameter(std::string_view name) {
    return {{"$ref", "#/components/parameters/" + std::string(name)}};
}

Json schema(std::string_view name) {
    return {{"$ref", std::string(components_home) + std::string(name)}};
}

Json response(std::string_view name) {
    return {{"$ref", "#/components/responses/" + std::string(name)}};
}

Json command_path(const std::string& category, const domain::MessageContract& command) {
    const std::string name = category + ".command." + command.name;
    const bool has_to_say_something = Json::parse(command.schema).contains("required");
    return {
        {"post",
         {{"operationId", category + '.' + command.name},
          {"tags", {category}},
          {"description", "Who may: " + command.access + '.'},
          {"x-antiphon-access", command.access},
          {"parameters",
           {parameter("Entity"),
            parameter("IdempotencyKey"),
            parameter("IfMatch"),
            parameter("IfNoneMatch")}},
          {"requestBody",
           {{"required", has_to_say_something},
            {"content", {{"application/json", {{"schema", schema(name)}}}}}}},
          {"responses",
           {{"202", response("Accepted")},
            {"4XX", response("Problem")},
            {"5XX", response("Problem")}}}}}};
}

Json state_path(const std::string& category) {
    const Json positive{{"type", "integer"}, {"minimum", 1}};
    const Json shown{
        {"type", "object"},
        {"properties",
         {{"category", {{"type", "string"}, {"const", category}}},
          {"entity", {{"type", "string"}}},
          {"version", positive},
          {"state", schema(category + ".state")}}},
        {"required", {"category", "entity", "version", "state"}}};
    return {
        {"get",
         {{"operationId", category},
          {"tags", {category}},
          {"summary", "It as it is, or was; or, as a stream, its state and then its events"},
          {"security", {{{"bearer", Json::array()}}, {{"cookie", Json::array()}}}},
          {"parameters",
           {parameter("Entity"),
            parameter("Version"),
            parameter("At"),
            parameter("LastEventIdHeader"),
            parameter("LastEventId")}},
          {"responses",
           {{"200",
             {{"description", "Its state, of this version."},
              {"headers",
               {{"ETag", {{"description", "The version."}, {"schema", {{"type", "string"}}}}}}},
              {"content",
               {{"application/json", {{"schema", shown}}},
                {"text/event-stream", {{"schema", {{"type", "string"}}}}}}}}},
            {"4XX", response("Problem")},
            {"5XX", response("Problem")}}}}}};
}

Json events_path(const std::string& category) {
    return {
        {"get",
         {{"operationId", category + ".events"},
          {"tags", {category}},
          {"summary", "Its past: its events, a page of them"},
          {"parameters", {parameter("Entity"), parameter("After"), parameter("Limit")}},
          {"responses",
           {{"200", response("Events")},
            {"4XX", response("Problem")},
            {"5XX", response("Problem")}}}}}};
}

}  // namespace

std::string openapi(Aggregates aggregates, const Installation& installation) {
    Json document = Json::parse(openapi_json);
    document["info"]["version"] = installation.version;
    document["components"]["securitySchemes"]["cookie"]["name"] = installation.cookie_name;
    document["components"]["schemas"] = Json::parse(component_schemas(aggregates));

    Json paths;
    for (const auto& aggregate : aggregates) {
        const std::string category(aggregate->category());
        const domain::Contract contract = aggregate->contract(components_home);
        for (const auto& command : contract.commands)
            paths["/commands/" + category + "/{entity}/" + command.name] =
                command_path(category, command);
        const std::string home = "/aggregates/" + category + "/{entity}";
        if (!contract.state.empty()) paths[home] = state_path(category);
        paths[home + "/events"] = events_path(category);
    }
    for (auto& [path, item] : document["paths"].items()) paths[path] = std::move(item);
    document["paths"] = std::move(paths);
    return document.dump(2) + '\n';
}

}  // namespace gateway::contracts

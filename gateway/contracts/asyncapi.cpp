#include "domain/kernel/outcome.hpp"
#include "gateway/contracts/documents.hpp"
#include "gateway/contracts/parts.hpp"

#include <nlohmann/json.hpp>

namespace gateway::contracts {
namespace {

using Json = nlohmann::ordered_json;

Json reference(const std::string& place, const std::string& name) {
    return {{"$ref", "#/" + place + '/' + name}};
}

/// A discriminator is an object in OpenAPI, and the name of the property here.
void name_discriminators(Json& schema) {
    if (!schema.is_structured()) return;
    for (auto& part : schema) name_discriminators(part);
    const auto found = schema.is_object() ? schema.find("discriminator") : schema.end();
    if (found != schema.end() && found->contains("propertyName"))
        *found = Json(found->at("propertyName"));
}

class Document {
  public:
    explicit Document(const Installation& installation)
        : json_(Json::parse(asyncapi_json)), topics_(installation.topics) {
        json_["info"]["version"] = installation.version;
        channels()["replies"]["address"] = topics_.replies();
        channels()["dead-letters"]["address"] = topics_.dead_letters();
        for (const std::string_view outcome :
             {domain::outcome_unchanged, domain::outcome_rejected, domain::outcome_failed})
            add_event("command." + std::string(outcome), "command." + std::string(outcome));
    }

    void add(const domain::Aggregate& aggregate) {
        const std::string category(aggregate.category());
        const domain::Contract contract = aggregate.contract(components_home);
        const std::string commands = "commands." + category;
        const std::string events = "events." + category;
        add_channel(commands, topics_.commands(category), "Commands to each " + category);
        add_channel(events, topics_.events(category), "What has happened to each " + category);
        json_["operations"][commands + ".receive"] = {
            {"action", "receive"}, {"channel", reference("channels", commands)}};
        for (const auto& command : contract.commands) {
            const std::string name = category + ".command." + command.name;
            add_message(name, category + '.' + command.name, "CommandHeaders");
            carry(name, {commands, "dead-letters"});
        }
        for (const auto& event : contract.events) {
            const std::string name = category + ".event." + event.name;
            add_event(name, category + '.' + event.name);
            carry(name, {events});
        }
    }

    std::string text(Json schemas) && {
        name_discriminators(schemas);
        Json& own = json_["components"]["schemas"];
        for (auto& [name, schema] : own.items()) schemas[name] = std::move(schema);
        own = std::move(schemas);
        return json_.dump(2) + '\n';
    }

  private:
    Json& channels() { return json_["channels"]; }

    void add_channel(const std::string& name, const std::string& topic, const std::string& title) {
        channels()[name] = {
            {"address", topic},
            {"title", title},
            {"description", "Key: the entity."},
            {"messages", Json::object()}};
        json_["operations"][name + ".send"] = {
            {"action", "send"}, {"channel", reference("channels", name)}};
    }

    void add_event(const std::string& name, const std::string& type) {
        add_message(name, type, "EventHeaders");
        carry(name, {"replies"});
    }

    /// Of this CloudEvent's type, with the data of the schema of its own name.
    void add_message(const std::string& name, const std::string& type, const std::string& headers) {
        json_["components"]["messages"][name] = {
            {"name", type},
            {"headers",
             {{"type", "object"},
              {"allOf", {reference("components/schemas", headers)}},
              {"properties", {{"ce_type", {{"type", "string"}, {"const", type}}}}}}},
            {"payload", reference("components/schemas", name)}};
    }

    void carry(const std::string& message, const std::vector<std::string>& by) {
        for (const std::string& channel : by)
            channels()[channel]["messages"][message] = reference("components/messages", message);
    }

    Json json_;
    const domain::Topics topics_;
};

}  // namespace

std::string asyncapi(Aggregates aggregates, const Installation& installation) {
    Document document(installation);
    for (const auto& aggregate : aggregates) document.add(*aggregate);
    return std::move(document).text(Json::parse(component_schemas(aggregates)));
}

}  // namespace gateway::contracts

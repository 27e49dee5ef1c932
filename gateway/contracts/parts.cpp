#include "gateway/contracts/parts.hpp"

#include <nlohmann/json.hpp>

namespace gateway::contracts {
namespace {

using Json = nlohmann::ordered_json;

void add_schemas(Json& all, Aggregates aggregates, std::string_view home) {
    for (const auto& aggregate : aggregates) {
        const std::string category(aggregate->category());
        const domain::Contract contract = aggregate->contract(home);
        for (const auto& command : contract.commands)
            all[category + ".command." + command.name] = Json::parse(command.schema);
        for (const auto& event : contract.events)
            all[category + ".event." + event.name] = Json::parse(event.schema);
        if (!contract.state.empty()) all[category + ".state"] = Json::parse(contract.state);
    }
}

}  // namespace

std::string schemas(Aggregates aggregates, std::string_view home) {
    Json all = Json::object();
    add_schemas(all, aggregates, home);
    return all.dump();
}

std::string component_schemas(Aggregates aggregates) {
    Json all = Json::parse(components_json);
    add_schemas(all, aggregates, components_home);
    return all.dump();
}

}  // namespace gateway::contracts

#include "gateway/contracts/parts.hpp"

namespace gateway::contracts {

Json schemas(std::span<const domain::AggregatePtr> aggregates, std::string_view home) {
    Json all = Json::object();
    for (const auto& aggregate : aggregates) {
        const std::string category(aggregate->category());
        const domain::Contract contract = aggregate->contract(home);
        for (const auto& command : contract.commands)
            all[category + ".command." + command.name] = Json::parse(command.schema);
        for (const auto& event : contract.events)
            all[category + ".event." + event.name] = Json::parse(event.schema);
        if (!contract.state.empty()) all[category + ".state"] = Json::parse(contract.state);
    }
    return all;
}

Json component_schemas(std::span<const domain::AggregatePtr> aggregates) {
    Json all = Json::parse(components_json);
    all.update(schemas(aggregates, components_home));
    return all;
}

Json schema_reference(std::string_view name) {
    return {{"$ref", std::string(components_home) + std::string(name)}};
}

}  // namespace gateway::contracts

#pragma once

#include "domain/kernel/aggregate.hpp"

#include <nlohmann/json.hpp>

#include <span>
#include <string>
#include <string_view>

namespace gateway::contracts {

using Json = nlohmann::ordered_json;  ///< members in the order in which they are added

/// What stands in the documents whatever the aggregates are; from the files of the same names.
extern const std::string_view asyncapi_json;
extern const std::string_view openapi_json;
extern const std::string_view components_json;

/// Where OpenAPI and AsyncAPI have schemas.
inline constexpr std::string_view components_home = "#/components/schemas/";

/// The schemas of all aggregates by their names, "account.command.open", which refer to themselves
/// below `home`.
Json schemas(std::span<const domain::AggregatePtr> aggregates, std::string_view home);

/// Those, and the ones of components.json, below components_home.
Json component_schemas(std::span<const domain::AggregatePtr> aggregates);

/// {"$ref": "#/components/schemas/account.state"}
Json schema_reference(std::string_view name);

}  // namespace gateway::contracts

#pragma once

#include "gateway/contracts/documents.hpp"

#include <string>
#include <string_view>

namespace gateway::contracts {

/// What stands in the documents whatever the aggregates are; from the files of the same names.
extern const std::string_view asyncapi_json;
extern const std::string_view openapi_json;
extern const std::string_view components_json;

/// Where OpenAPI and AsyncAPI have schemas.
inline constexpr std::string_view components_home = "#/components/schemas/";

/// The schemas of all aggregates by their names, "account.command.open", as one JSON object. They
/// refer to themselves below `home`.
std::string schemas(Aggregates aggregates, std::string_view home);

/// The schemas of components.json, and those, below components_home.
std::string component_schemas(Aggregates aggregates);

}  // namespace gateway::contracts

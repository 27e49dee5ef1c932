#include "gateway/contracts/documents.hpp"
#include "gateway/contracts/parts.hpp"

#include <nlohmann/json.hpp>

namespace gateway::contracts {

using Json = nlohmann::ordered_json;

std::string json_schema(Aggregates aggregates) {
    const Json document{
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"title", "Antiphon"},
        {"$defs", Json::parse(schemas(aggregates, "#/$defs/"))}};
    return document.dump(2) + '\n';
}

}  // namespace gateway::contracts

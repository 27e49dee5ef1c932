#include "gateway/contracts/documents.hpp"
#include "gateway/contracts/parts.hpp"

namespace gateway::contracts {

std::string json_schema(Aggregates aggregates) {
    const Json document{
        {"$schema", "https://json-schema.org/draft/2020-12/schema"},
        {"title", "Antiphon"},
        {"$defs", schemas(aggregates, "#/$defs/")}};
    return document.dump(2) + '\n';
}

}  // namespace gateway::contracts

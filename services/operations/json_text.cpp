#include "services/operations/json_text.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace services::operations {

std::string json_text(const domain::JsonNode& node) {
    using Kind = domain::JsonNode::Kind;
    const auto quoted = [](std::string_view text) { return nlohmann::json(text).dump(); };
    switch (node.kind) {
        case Kind::null:
            return "null";
        case Kind::no:
            return "false";
        case Kind::yes:
            return "true";
        case Kind::number:
            return std::string(node.text);
        case Kind::string:
            return quoted(node.text);
        default:
            break;
    }
    const bool object = node.kind == Kind::object;
    std::string text(1, object ? '{' : '[');
    for (const auto* each = node.first(); each != node.end(); each = each->end()) {
        if (text.size() > 1) text += ',';
        if (object) text += quoted(each->key) + ':';
        text += json_text(*each);
    }
    return text += object ? '}' : ']';
}

}  // namespace services::operations

#include "gateway/contracts/documents.hpp"
#include "gateway/contracts/parts.hpp"
#include "gateway/http/target.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace gateway::contracts {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view head =
    R"(// What the aggregates of an Antiphon take and say: antiphon describe --format typescript

/** For the client: new Antiphon<Contract>({...}) of antiphon.js. */
export type Contract = { commands: Commands; events: Events; states: States };

/** A decimal as it may be sent. Text is exact; a number is what JavaScript makes of it. */
export type Decimal = string | number;
)";

std::string key(std::string_view name) {
    const auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    };
    const auto is_word = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
    if (is_letter(name.front()) && std::ranges::all_of(name, is_word)) return std::string(name);
    return Json(name).dump();
}

bool is_required(const Json& schema, const std::string& name) {
    const Json required = schema.value("required", Json::array());
    return std::ranges::find(required, Json(name)) != required.end();
}

std::string union_of(const Json& values, const std::function<std::string(const Json&)>& type) {
    std::string all;
    for (const Json& value : values) all += (all.empty() ? "" : " | ") + type(value);
    return all;
}

std::string literals(const Json& values) {
    return union_of(values, [](const Json& value) { return value.dump(); });
}

/// "account.command.open" as it is reached: Commands["account"]["open"]
std::string root_path(const std::string& name) {
    const std::size_t dot = name.find('.');
    const std::string category = '[' + Json(name.substr(0, dot)).dump() + ']';
    const std::string rest = name.substr(dot + 1);
    if (rest.starts_with("command."))
        return "Commands" + category + '[' + Json(rest.substr(8)).dump() + ']';
    if (rest.starts_with("event."))
        return "Events" + category + '[' + Json(rest.substr(6)).dump() + ']';
    return "States" + category;
}

std::vector<std::string> tokens_of(Json::json_pointer pointer) {
    std::vector<std::string> tokens;
    for (; !pointer.empty(); pointer.pop_back()) tokens.insert(tokens.begin(), pointer.back());
    return tokens;
}

/// How the schema at a JSON pointer into `schemas` is reached.
std::string path_of(const Json& schemas, const std::string& pointer) {
    const auto tokens = tokens_of(Json::json_pointer(pointer));
    std::string path = root_path(tokens[0]);
    const Json* at = &schemas.at(tokens[0]);
    for (std::size_t i = 1; i < tokens.size(); ++i) {
        const Json& part = at->at(tokens[i]);
        if (tokens[i] == "properties") {
            const std::string& name = tokens[++i];
            path += '[' + Json(name).dump() + ']';
            if (!is_required(*at, name)) path = "NonNullable<" + path + '>';
            at = &part.at(name);
        } else if (tokens[i] == "oneOf") {
            at = &part.at(std::stoul(tokens[++i]));
            const auto tag = at->at("properties").items().begin();
            path = "Extract<" + path + ", { " + key(tag.key()) + ": " +
                   tag.value().at("const").dump() + " }>";
        } else if (tokens[i] == "items") {
            path += "[number]";
            at = &part;
        } else {  // additionalProperties
            path = "NonNullable<" + path + "[keyof " + path + "]>";
            at = &part;
        }
    }
    return path;
}

/// Types of schemas as they stand in an object that is indented by two blanks a level.
class Types {
  public:
    explicit Types(const Json& schemas) : schemas_(schemas) {}

    std::string of(const std::string& name, const std::string& indent) const {
        const bool is_command = name.find(".command.") != name.npos;
        return of(schemas_.at(name), indent, is_command ? "Decimal" : "string");
    }

  private:
    std::string of(const Json& schema, const std::string& indent, const std::string& decimal)
        const {
        const auto inner = [&](const Json& each) { return of(each, indent, decimal); };
        if (schema.contains("$ref")) return referred(schema["$ref"]);
        if (schema.contains("oneOf")) return union_of(schema["oneOf"], inner);
        if (schema.contains("const")) return schema["const"].dump();
        if (schema.contains("enum")) return literals(schema["enum"]);
        if (!schema.contains("type")) return "unknown";
        const std::string type = schema["type"];
        if (type == "array") return "Array<" + inner(schema["items"]) + '>';
        if (type == "integer") return "number";
        if (type != "object") return schema.value("format", "") == "decimal" ? decimal : type;
        if (schema.contains("properties")) return object(schema, indent, decimal);
        const std::string value = inner(schema["additionalProperties"]);
        const Json names = schema.value("propertyNames", Json::object());
        if (!names.contains("enum")) return "Record<string, " + value + '>';
        return "Partial<Record<" + literals(names["enum"]) + ", " + value + ">>";
    }

    std::string object(const Json& schema, const std::string& indent, const std::string& decimal)
        const {
        if (schema["properties"].empty()) return "Record<string, never>";
        std::string all = "{\n";
        for (const auto& [name, property] : schema["properties"].items()) {
            all += indent + "  " + key(name) + (is_required(schema, name) ? ": " : "?: ") +
                   of(property, indent + "  ", decimal) + ";\n";
        }
        return all + indent + '}';
    }

    std::string referred(const std::string& reference) const {
        return path_of(schemas_, http::percent_decoded(reference.substr(1), false).value());
    }

    const Json& schemas_;
};

}  // namespace

std::string typescript(Aggregates aggregates) {
    const Json all = Json::parse(schemas(aggregates, "#/"));
    const Types types(all);
    std::string commands, events, states;
    for (const auto& aggregate : aggregates) {
        const std::string category(aggregate->category());
        const domain::Contract contract = aggregate->contract("#/");
        commands += "  " + key(category) + ": {\n";
        for (const auto& command : contract.commands) {
            commands += "    /** Who may: " + command.access + ". */\n    " + key(command.name) +
                        ": " + types.of(category + ".command." + command.name, "    ") + ";\n";
        }
        commands += "  };\n";
        events += "  " + key(category) + ": {\n";
        for (const auto& event : contract.events) {
            const std::string name = category + ".event." + event.name;
            if (all[name].contains("deprecated")) events += "    /** @deprecated */\n";
            events += "    " + key(event.name) + ": " + types.of(name, "    ") + ";\n";
        }
        events += "  };\n";
        if (contract.state.empty()) continue;
        states += "  " + key(category) + ": " + types.of(category + ".state", "  ") + ";\n";
    }
    return std::string(head) + "\nexport type Commands = {\n" + commands +
           "};\n\nexport type Events = {\n" + events + "};\n\nexport type States = {\n" + states +
           "};\n";
}

}  // namespace gateway::contracts

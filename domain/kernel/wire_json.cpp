#include "domain/kernel/wire_json.hpp"

#include <algorithm>

namespace domain {
namespace {

/// A body of many wrong fields is not answered with as many errors.
constexpr std::size_t errors_max = 20;

/// A name as a JSON pointer writes it (RFC 6901).
std::string escaped(std::string_view name) {
    std::string text;
    for (char c : name) {
        if (c == '~')
            text += "~0";
        else if (c == '/')
            text += "~1";
        else
            text += c;
    }
    return text;
}

}  // namespace

void JsonReader::read(const InputJson& json, std::string& value, const std::string& location) {
    if (!json.is_string()) return refuse(location, "wrong-type", "This must be a string.");
    value = json.get_ref<const std::string&>();
}

void JsonReader::read(const InputJson& json, bool& value, const std::string& location) {
    if (!json.is_boolean()) return refuse(location, "wrong-type", "This must be true or false.");
    value = json.get<bool>();
}

void JsonReader::refuse(std::string location, std::string code, std::string message) {
    if (errors_.size() < errors_max)
        errors_.push_back({std::move(location), std::move(code), std::move(message)});
}

void JsonReader::refuse_others(
    const InputJson& json,
    const std::string& location,
    const std::vector<std::string_view>& known
) {
    for (const auto& [name, value] : json.items())
        if (std::ranges::find(known, name) == known.end())
            refuse(location + "/" + escaped(name), "unknown", "There is no such field.");
}

}  // namespace domain

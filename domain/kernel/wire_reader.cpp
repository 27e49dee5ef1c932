#include "domain/kernel/wire_reader.hpp"

#include <algorithm>

namespace domain {
namespace {

/// A body of many wrong fields is not answered with as many errors.
constexpr std::size_t errors_max = 50;

/// Which of `names` it is; their number, if it is none.
std::size_t index_of(std::string_view name, std::span<const std::string_view> names) {
    return static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
}

/// "draft", "sent"
std::string listed(std::span<const std::string_view> names) {
    std::string list;
    for (const std::string_view name : names) {
        if (!list.empty()) list += ", ";
        list += '"' + std::string(name) + '"';
    }
    return list;
}

}  // namespace

bool JsonReader::read(const JsonNode& json, std::string& value, const JsonPlace& place) {
    if (json.kind != JsonNode::Kind::string) return refuse_all_but_strings(place);
    value = json.text;
    return true;
}

bool JsonReader::read(const JsonNode& json, bool& value, const JsonPlace& place) {
    value = json.kind == JsonNode::Kind::yes;
    return value || json.kind == JsonNode::Kind::no ||
           refuse(place, "wrong-type", "This must be true or false.");
}

std::optional<WholeNumber>
JsonReader::whole_number_of(const JsonNode& json, const JsonPlace& place) {
    std::optional<WholeNumber> number;
    if (json.kind == JsonNode::Kind::number) number = whole_number(json.text);
    if (!number) refuse(place, "wrong-type", "This must be a whole number.");
    return number;
}

std::optional<std::int64_t>
JsonReader::units_of(const JsonNode& json, std::size_t decimals, const JsonPlace& place) {
    const bool is_string = json.kind == JsonNode::Kind::string;
    std::optional<std::int64_t> units;
    if (!is_string && json.kind != JsonNode::Kind::number) {
        refuse(place, "wrong-type", "This must be a decimal number, such as \"12.5\".");
    } else if (is_string && !is_decimal(json.text)) {
        refuse(place, "wrong-format", "This must be a decimal number, such as \"12.5\".");
    } else if (const auto number = whole_number(json.text, decimals); !number) {
        const std::string most = limits::counted(decimals, "decimal");
        refuse(place, "too-precise", "This must have at most " + most);
    } else if (units = number->as<std::int64_t>(); !units) {
        refuse_range(place);
    }
    return units;
}

std::optional<std::size_t>
JsonReader::name_of(const JsonNode& json, Names names, const JsonPlace& place) {
    if (json.kind != JsonNode::Kind::string) {
        refuse_all_but_strings(place);
        return std::nullopt;
    }
    const std::size_t index = index_of(json.text, names);
    if (index < names.size()) return index;
    refuse(place, "unknown-value", "This must be one of " + listed(names) + '.');
    return std::nullopt;
}

std::optional<std::size_t> JsonReader::alternative_of(
    const JsonNode& json,
    std::string_view tag,
    Names names,
    const JsonPlace& place
) {
    const JsonNode* member = nullptr;
    if (json.kind != JsonNode::Kind::object) {
        refuse_all_but_objects(place);
    } else if (find_members(json, {&tag, 1}, {&member, 1}); member == nullptr) {
        refuse_missing({place, tag});
    } else {
        return name_of(*member, names, {place, tag});
    }
    return std::nullopt;
}

bool JsonReader::find_members(
    const JsonNode& json,
    Names names,
    std::span<const JsonNode*> members
) {
    bool only_these = true;
    for (auto* member = json.first(); member != json.end(); member = member->end()) {
        const std::size_t index = index_of(member->key, names);
        if (index == names.size()) {
            only_these = false;
        } else {
            only_these = only_these && members[index] == nullptr;
            members[index] = member;
        }
    }
    return only_these;
}

bool JsonReader::refuse(const JsonPlace& place, std::string_view code, std::string_view message) {
    if (errors_.size() < errors_max)
        errors_.push_back({place.pointer(), std::string(code), std::string(message)});
    else if (errors_.size() == errors_max)
        errors_.push_back({"", "more-errors", "There are more faults than are told here."});
    return false;
}

bool JsonReader::refuse_all_but_strings(const JsonPlace& place) {
    return refuse(place, "wrong-type", "This must be a string.");
}

bool JsonReader::refuse_all_but_objects(const JsonPlace& place) {
    return refuse(place, "wrong-type", "This must be a JSON object.");
}

bool JsonReader::refuse_range(const JsonPlace& place) {
    return refuse(place, "out-of-range", "This number is too large or too small.");
}

bool JsonReader::refuse_missing(const JsonPlace& place) {
    return refuse(place, "missing", "This field is needed.");
}

bool JsonReader::refuse_again(const JsonPlace& place) {
    return refuse(place, "duplicate", "This field stands here more than once.");
}

void JsonReader::refuse_others(const JsonNode& json, Names names, const JsonPlace& place) {
    std::vector<int> times(names.size());
    for (auto* member = json.first(); member != json.end(); member = member->end()) {
        const std::size_t index = index_of(member->key, names);
        if (index == names.size())
            refuse({place, member->key}, "unknown", "There is no such field.");
        else if (++times[index] == 2)
            refuse_again({place, member->key});
    }
}

}  // namespace domain

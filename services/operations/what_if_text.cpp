#include "services/operations/what_if_text.hpp"

#include "services/operations/visible.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace services::operations {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t events_max = 5;  ///< of an example

Json parsed(const domain::Payload& payload) {
    return payload.empty() ? Json() : Json::parse(payload);
}

std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json events_of(const std::vector<domain::NewEvent>& events) {
    Json all = Json::array();
    for (const auto& event : events)
        all.push_back({{"type", event.type}, {"data", parsed(event.data)}});
    return all;
}

std::string lines_of(char mark, const std::vector<domain::NewEvent>& events) {
    std::string lines;
    for (std::size_t i = 0; i < std::min(events.size(), events_max); ++i)
        lines += std::string("\n    ") + mark + ' ' + visible(events[i].type) + ' ' +
                 visible(events[i].data);
    if (events.size() > events_max)
        lines += std::string("\n    ") + mark + " and " +
                 std::to_string(events.size() - events_max) + " more";
    return lines;
}

Json end_of(const StateDifference::End& end) {
    Json json{{"version", end.version.value}};
    if (end.unreadable.empty()) {
        json["state"] = parsed(end.state);
    } else {
        json["unreadable"] = end.unreadable;
    }
    return json;
}

/// Where both can be told.
Json changed(const StateDifference& difference) {
    if (!difference.before.unreadable.empty() || !difference.after.unreadable.empty()) return {};
    return Json::diff(parsed(difference.before.state), parsed(difference.after.state));
}

std::string line_of(const StateDifference::End& end) {
    if (!end.unreadable.empty()) return "cannot be folded: " + visible(end.unreadable);
    if (end.state.empty()) return "has no events";
    return "version " + std::to_string(end.version.value) + "  " + visible(end.state);
}

std::string counted(std::int64_t count, const char* one, const char* many) {
    return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

}  // namespace

void WhatIfReport::add(Group& group, std::string example) const {
    ++group.count;
    if (group.examples.size() < examples_max_) group.examples.push_back(std::move(example));
}

void WhatIfReport::tell(const AnswerDifference& difference) {
    const domain::CommandEnvelope& command = difference.command.command;
    const auto& [category, entity] = command.stream;
    add(answers_[{category, command.name, difference.before, difference.after}],
        "  " + visible(category) + '/' + visible(entity) + ", command " + visible(command.id) +
            " at " + std::to_string(difference.command.position.value) +
            lines_of('-', difference.events_before) + lines_of('+', difference.events_after));
}

void WhatIfReport::tell(const StateDifference& difference) {
    add(states_[difference.stream.category],
        "  " + visible(difference.stream.category) + '/' + visible(difference.stream.entity) +
            "\n    - " + line_of(difference.before) + "\n    + " + line_of(difference.after));
}

std::string WhatIfReport::text() const {
    std::string text;
    const auto add_examples = [&](const Group& group) {
        for (const auto& example : group.examples) text += example + '\n';
        const auto more = group.count - static_cast<std::int64_t>(group.examples.size());
        if (more > 0) text += "  and " + std::to_string(more) + " more\n";
    };
    for (const auto& [kind, group] : answers_) {
        const auto& [category, name, before, after] = kind;
        text += visible(category) + ' ' + visible(name) + ": " + visible(before) + " -> " +
                (before == after ? "the same, with other data" : visible(after)) + ": " +
                counted(group.count, "command", "commands") + '\n';
        add_examples(group);
    }
    for (const auto& [category, group] : states_) {
        text += visible(category) + ": " +
                counted(group.count, "aggregate ends", "aggregates end") + " in another state\n";
        add_examples(group);
    }
    return text;
}

std::string to_json(const AnswerDifference& difference) {
    const domain::CommandEnvelope& command = difference.command.command;
    return dump(Json{
        {"command", command.id},
        {"commandposition", difference.command.position.value},
        {"category", command.stream.category},
        {"entity", command.stream.entity},
        {"name", command.name},
        {"before", difference.before},
        {"after", difference.after},
        {"events_before", events_of(difference.events_before)},
        {"events_after", events_of(difference.events_after)}});
}

std::string to_json(const StateDifference& difference) {
    return dump(Json{
        {"category", difference.stream.category},
        {"entity", difference.stream.entity},
        {"before", end_of(difference.before)},
        {"after", end_of(difference.after)},
        {"changed", changed(difference)}});
}

}  // namespace services::operations

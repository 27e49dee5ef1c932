#include "services/operations/moment_text.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/json_document.hpp"
#include "domain/kernel/json_place.hpp"
#include "domain/kernel/timestamp.hpp"
#include "services/operations/event_json.hpp"
#include "services/operations/json_text.hpp"
#include "services/operations/visible.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace services::operations {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t deepest = 1'000;  // what aggregates make of their state is theirs

/// A place of a state that holds nothing more, and its JSON there.
struct Leaf {
    std::string place;
    std::string value;
};

void add_leaves(
    const domain::JsonNode& node,
    const domain::JsonPlace& place,
    std::vector<Leaf>& leaves
) {
    if (node.first() == node.end()) {
        leaves.push_back({place.pointer(), json_text(node)});
        return;
    }
    const bool list = node.kind == domain::JsonNode::Kind::array;
    std::size_t index = 0;
    for (const auto* each = node.first(); each != node.end(); each = each->end(), ++index) {
        const domain::JsonPlace inside =
            list ? domain::JsonPlace(place, index) : domain::JsonPlace(place, each->key);
        add_leaves(*each, inside, leaves);
    }
}

/// In the order in which they are written.
std::vector<Leaf> leaves_of(const domain::Payload& state) {
    std::vector<Leaf> leaves;
    if (state.empty()) return leaves;
    const domain::JsonDocument document(state, deepest);
    if (document.fault()) {
        leaves.push_back({"", state});
    } else {
        add_leaves(document.root(), {}, leaves);
    }
    return leaves;
}

/// One place of the state, as the event has left it.
struct Line {
    char mark;  ///< ' ': as it was
    std::string place;
    std::string value;
};

std::vector<Line> lines_of(const Moment& moment) {
    std::map<std::string, std::string> before;
    for (Leaf& leaf : leaves_of(moment.before))
        before.emplace(std::move(leaf.place), std::move(leaf.value));
    std::vector<Line> lines;
    for (Leaf& leaf : leaves_of(moment.state)) {
        const auto known = before.extract(leaf.place);
        if (!known) {
            lines.push_back({'+', std::move(leaf.place), std::move(leaf.value)});
        } else if (known.mapped() == leaf.value) {
            lines.push_back({' ', std::move(leaf.place), std::move(leaf.value)});
        } else {
            lines.push_back({'~', std::move(leaf.place), known.mapped() + " -> " + leaf.value});
        }
    }
    for (auto& [place, value] : before) lines.push_back({'-', place, std::move(value)});
    return lines;
}

std::string coloured(const std::string& line, char mark) {
    const char* colour = mark == '+' ? "\033[32m" : mark == '-' ? "\033[31m" : "\033[33m";
    return mark == ' ' ? line : colour + line + "\033[0m";
}

}  // namespace

std::string to_text(const Moment& moment, bool colour) {
    const domain::EventEnvelope& event = moment.event;
    const std::string command = moment.command.empty() ? "command" : moment.command;
    std::string text = "version " + std::to_string(event.version.value) + "  " +
                       domain::to_string(event.time) + "  " + visible(event.type) + "  by " +
                       visible(domain::user_key(event.issuer)) + "\n    " + visible(command) + ' ' +
                       visible(event.command_id) + "\n    " + visible(event.data) + '\n';
    for (const Line& line : lines_of(moment)) {
        std::string shown = std::string("  ") + line.mark + ' ' + visible(line.place) +
                            (line.place.empty() ? "" : "  ") + visible(line.value);
        text += (colour ? coloured(shown, line.mark) : shown) + '\n';
    }
    return text;
}

std::string to_json(const Moment& moment) {
    const auto read = [](const domain::Payload& state) {
        return state.empty() ? Json() : Json::parse(state);
    };
    std::string line = R"({"event":)" + event_json(moment.event);
    if (!moment.command.empty()) line += R"(,"command":)" + Json(moment.command).dump();
    line += R"(,"state":)" + in_one_line(moment.state);
    line += R"(,"changed":)" + Json::diff(read(moment.before), read(moment.state)).dump();
    return line + '}';
}

}  // namespace services::operations

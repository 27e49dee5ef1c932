#include "tests/kit/report.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace kit {
namespace {

using Json = nlohmann::json;

constexpr std::size_t lines_max = 10;

std::string line_of(const NewEvent& event) { return event.type + ' ' + event.data + '\n'; }

/// The lines begin with `place`. A patch (RFC 6902) turns what is expected into what there is.
std::string differences(const std::string& place, std::string_view expected, std::string_view got) {
    const Json before = Json::parse(expected, nullptr, false);
    const Json after = Json::parse(got, nullptr, false);
    std::string lines;
    for (const Json& change : Json::diff(before, after)) {
        const std::string path = change.at("path");
        const Json::json_pointer pointer(path);
        const bool was = before.contains(pointer) && change.at("op") != "add";
        lines += place + path + ": expected " + (was ? before.at(pointer).dump() : "nothing") +
                 ", got " + (change.contains("value") ? change.at("value").dump() : "nothing") +
                 '\n';
    }
    return lines;
}

/// As they are, or the first few.
std::string shortened(std::string lines) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < lines_max && end < lines.size(); ++i)
        end = lines.find('\n', end) + 1;
    if (end < lines.size()) lines.replace(end, std::string::npos, "and more\n");
    return lines;
}

}  // namespace

void fail(const std::source_location& line, const std::string& message) {
    ADD_FAILURE_AT(line.file_name(), static_cast<int>(line.line())) << message;
}

std::string in_lines(const std::vector<NewEvent>& events) {
    std::string lines;
    for (const auto& event : events) lines += line_of(event);
    return lines.empty() ? "nothing" : lines;
}

std::string part(std::string title, std::string_view lines, std::size_t column) {
    std::string text;
    while (!lines.empty()) {
        const std::size_t end = std::min(lines.find('\n'), lines.size());
        title.resize(column, ' ');
        text.append(title).append(lines.substr(0, end)) += '\n';
        title.clear();
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    return text;
}

std::string differences(std::string_view expected, std::string_view got) {
    return shortened(differences("", expected, got));
}

std::string differences(const std::vector<NewEvent>& expected, const std::vector<NewEvent>& got) {
    std::string lines;
    for (std::size_t i = 0; i < std::max(expected.size(), got.size()); ++i) {
        const std::string number = "event " + std::to_string(i + 1);
        if (i >= got.size())
            lines += number + ": expected " + expected[i].type + ", got nothing\n";
        else if (i >= expected.size())
            lines += number + ": expected nothing, got " + got[i].type + '\n';
        else if (expected[i].type != got[i].type)
            lines += number + ": expected " + expected[i].type + ", got " + got[i].type + '\n';
        else
            lines += differences(number + ", " + got[i].type + ' ', expected[i].data, got[i].data);
    }
    return shortened(std::move(lines));
}

}  // namespace kit

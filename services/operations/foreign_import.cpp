#include "services/operations/foreign_import.hpp"

#include "domain/kernel/error.hpp"
#include "services/operations/foreign_line.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace services::operations {
namespace {

constexpr auto foreign_source = "a history of another system";
constexpr std::size_t batch_bytes_max = std::size_t{16} << 20U;

}  // namespace

ForeignImport::ForeignImport(const ImportParts& parts, std::istream& lines, std::int64_t bytes_max)
    : parts_(parts), lines_(lines), bytes_max_(bytes_max), told_(parts.told), streams_(parts_) {
    parts_.told.fault = [this](const domain::HistoryFault& fault) {
        auto told = fault;
        told.reason = line_of(fault.stream, fault.version) + ": " + fault.reason;
        told_.fault(told);
    };
}

std::string ForeignImport::line_of(const domain::StreamId& stream, domain::StreamVersion version) {
    if (version.value == 0) return "every line of it";
    return "line " + std::to_string(parts_.store.position_of(stream, version).value);
}

bool ForeignImport::step(std::size_t most) {
    if (ended_) return false;
    if (!begun_) begin();
    if (place_.finished) return false;
    if (!read_) {
        read_ = !add_lines(most);
        return true;
    }
    if (streams_.step(most) > 0) return true;
    if (streams_.faults() > 0)
        throw domain::SetupError(
            "the history is not one of these aggregates, and nothing of it is "
            "open: mend the lines that were named, and begin anew with "
            "--restart"
        );
    const domain::Position end{number_};
    parts_.store.finish({.incarnation = 1, .partitions = 0, .rows = {end, end, {}}});
    ended_ = true;
    return false;
}

void ForeignImport::begin() {
    place_ = parts_.store.begin(foreign_source);
    begun_ = true;
}

/// False at the end of the lines.
bool ForeignImport::add_lines(std::size_t most) {
    std::vector<domain::ArchivedCommand> commands;
    std::vector<domain::EventEnvelope> events;
    std::string line;
    std::size_t bytes = 0;
    bool more = true;
    for (std::size_t i = 0; i < most && bytes < batch_bytes_max; ++i) {
        more = next_line(lines_, number_ + 1, line);
        if (!more) break;
        auto [command, event] = foreign_event(++number_, line, parts_.aggregates);
        bytes += line.size();
        bytes_ += static_cast<std::int64_t>(line.size());
        if (bytes_ > bytes_max_)
            throw domain::SetupError(
                "up to line " + std::to_string(number_) +
                " all is well; a dry run holds no more "
                "than " +
                std::to_string(bytes_max_ >> 20U) + " MB of lines: try the others apart"
            );
        command.stored.position = event.position = event.command_position = {number_};
        command.cursor = {1, {number_ - 1}};
        if (number_ == place_.commands.value &&
            parts_.store.command_id(place_.commands) != event.command_id)
            throw domain::SetupError(
                "line " + std::to_string(number_) +
                " is another than the one that was imported: "
                "go on with the same file, or begin anew with --restart"
            );
        if (number_ > place_.commands.value) commands.push_back(std::move(command));
        if (number_ > place_.events.value) events.push_back(std::move(event));
    }
    if (!more && number_ < place_.commands.value)
        throw domain::SetupError(
            "there are fewer lines than were imported: go on with the same "
            "file, or begin anew with --restart"
        );
    if (!commands.empty()) parts_.store.add(commands);
    if (!events.empty()) add_events(std::move(events));
    return more;
}

void ForeignImport::add_events(std::vector<domain::EventEnvelope> events) {
    std::map<domain::StreamId, domain::StreamVersion> next;
    for (const auto& event : events) next.try_emplace(event.stream);
    std::vector<domain::StreamId> streams;
    streams.reserve(next.size());
    for (const auto& [stream, version] : next) streams.push_back(stream);
    const auto versions = parts_.store.versions(streams);
    for (std::size_t i = 0; i < streams.size(); ++i) next[streams[i]] = versions.at(i);
    for (auto& event : events) event.version = {++next[event.stream].value};
    parts_.store.add(events);
}

}  // namespace services::operations

#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/archive.hpp"

#include <cstdint>
#include <istream>
#include <span>
#include <string>
#include <string_view>

namespace services::operations {

/// An event of another system as a command and its event; positions and versions are not said yet.
struct ForeignEvent {
    domain::ArchivedCommand command;
    domain::EventEnvelope event;
};

/// What an imported event says that its command was.
inline constexpr std::string_view import_command = "import";

/// Line `number` of a foreign history (docs/EXPORT.md has what stands in it). SetupError names the
/// line, and what is to be done with it, where it has not what an event of these aggregates has.
ForeignEvent foreign_event(
    std::int64_t number,
    std::string_view line,
    std::span<const domain::AggregatePtr> aggregates
);

/// The next line without its end; false when there is none. SetupError where it is too long to be
/// an event: no more of it is kept.
bool next_line(std::istream& lines, std::int64_t number, std::string& line);

}  // namespace services::operations

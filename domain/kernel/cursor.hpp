#pragma once

#include "domain/kernel/stream.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace domain {

/// A place in the event log, as clients hold it. Opaque to them: `1-42` today.
///
/// The incarnation is raised by the operator after a restore or fail-over that lost commits, so
/// that a position that is handed out a second time is never taken for the first.
struct Cursor {
    std::int64_t incarnation = 1;
    Position position;
    friend auto operator<=>(const Cursor&, const Cursor&) = default;
};

std::string to_string(const Cursor& cursor);

/// Nothing if `text` is not exactly what to_string() writes.
std::optional<Cursor> parse_cursor(std::string_view text);

}  // namespace domain

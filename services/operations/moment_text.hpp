#pragma once

#include "services/operations/history.hpp"

#include <string>
#include <string_view>

namespace services::operations {

/// For people, a few lines: the event, who caused it and by which command; and each place of the
/// state by its JSON pointer, marked where it was added (+), changed (~) or removed (-). In
/// `colour`, for a terminal. What is stored moves no cursor: control characters are escaped.
std::string to_text(const Moment& moment, bool colour);

/// For programs, one line: {"event": <CloudEvent>, "state": …, "changed": <RFC 6902 patch of the
/// state before>}. Event and state stand as they are stored.
std::string to_json(const Moment& moment);

}  // namespace services::operations

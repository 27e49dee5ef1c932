#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/command_log.hpp"
#include "services/operations/what_if.hpp"

#include <istream>
#include <span>

namespace services::operations {

/// Reads another past, one JSON object a line:
///
///     {"remove": "COMMAND-ID"}
///     {"insert": {"after": POSITION or "COMMAND-ID", "category", "entity", "name", "data",
///     "user"}}
///
/// and in the latter, if one likes, "issuer" (of the user's token) and "claims" (an object). What
/// is inserted is sent at the time of the one before it. SetupError, which names the line, where it
/// is wrong, is no command of its aggregate, or names a command that there is not.
Patch read_patch(
    std::istream& lines,
    domain::CommandLog& commands,
    std::span<const domain::AggregatePtr> aggregates
);

}  // namespace services::operations

#pragma once

#include "domain/kernel/stream.hpp"
#include "gateway/http/message.hpp"

#include <optional>
#include <variant>

namespace gateway::commands {

/// At which versions a command wants to find its aggregate, from `If-Match` and `If-None-Match`
/// (RFC 9110, 13.1), as domain/kernel/expected_version.hpp has it: the worker looks, and a command
/// whose condition does not hold is rejected. Or what to answer at once: 412 to a condition that
/// no version can meet, 400 to one that cannot be read, or that cannot be kept until the worker
/// looks. No condition is left out.
std::variant<std::optional<domain::StreamVersion>, http::Response> read_expectation(
    const http::Request& request
);

}  // namespace gateway::commands

#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/token_verifier.hpp"
#include "gateway/http/message.hpp"

#include <span>
#include <string_view>
#include <variant>

namespace gateway::commands {

/// The command in a request to /commands/{category}/{entity}/{name}, checked as far as it can be
/// without its aggregate's state; or the 4xx to answer with.
std::variant<domain::NewCommand, http::Response> read_command(
    const http::Request& request,
    const domain::VerifiedToken& caller,
    std::span<const domain::AggregatePtr> aggregates,
    domain::Timestamp now
);

/// The stream that the request's {category} and {entity} name; or the 4xx to answer with.
std::variant<domain::StreamId, http::Response>
read_stream(const http::Request& request, std::span<const domain::AggregatePtr> aggregates);

}  // namespace gateway::commands

#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/token_verifier.hpp"
#include "gateway/http/message.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace gateway::commands {

/// What a request to /commands/{category}/{entity}/{name} says before its body.
struct CommandHead {
    domain::StreamId stream;
    const domain::Aggregate* aggregate = nullptr;
    std::string name;
    std::optional<domain::StreamVersion> expected_version;  ///< see expected_version.hpp
    std::optional<std::string> key;                         ///< of idempotency
};

/// What there is, and the claims by which somebody may use it.
struct Aggregates {
    std::span<const domain::AggregatePtr> all;
    domain::ClaimNames claim_names{};
};

/// All of it that is looked at without the body; or the 4xx to answer with, 403 where the claims of
/// the caller alone forbid it.
std::variant<CommandHead, http::Response> read_head(
    const http::Request& request,
    const domain::VerifiedToken& caller,
    const Aggregates& aggregates,
    domain::Timestamp now
);

/// The command in a request to /commands/{category}/{entity}/{name}, checked as far as it can be
/// without its aggregate's state; or the 4xx to answer with.
std::variant<domain::NewCommand, http::Response> read_command(
    const http::Request& request,
    const domain::VerifiedToken& caller,
    const Aggregates& aggregates,
    domain::Timestamp now
);

/// The stream that the request's {category} and {entity} name; or the 4xx to answer with.
std::variant<domain::StreamId, http::Response>
read_stream(const http::Request& request, std::span<const domain::AggregatePtr> aggregates);

}  // namespace gateway::commands

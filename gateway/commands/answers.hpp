#pragma once

#include "domain/ports/command_log.hpp"
#include "domain/ports/event_log.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/commands/refusal.hpp"
#include "gateway/http/message.hpp"

#include <chrono>
#include <string>

/// What a client is told of its command.
namespace gateway::commands {

/// 202, the same one for the same request; 422 where the key was used for another; 503 where
/// nobody knows.
http::Response answered(const std::string& id, const IntakeAnswer& answer);

/// 409, 429 or 503: not tried, and when to come again.
http::Response refused(Refusal refusal);

/// 429: not tried, since this user sends faster than it may.
http::Response too_fast(std::chrono::seconds wait);

/// What became of a command, as JSON; empty where there is none of this user. Blocks; throws
/// WorldError when the store is away.
std::string read_status(
    domain::CommandLog& commands,
    domain::EventLog& events,
    const std::string& id,
    const std::string& subject
);

}  // namespace gateway::commands

#pragma once

#include "domain/ports/command_log.hpp"
#include "domain/ports/event_log.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/commands/refusal.hpp"
#include "gateway/http/message.hpp"
#include "gateway/store/store_readers.hpp"

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
http::Response too_fast(std::chrono::milliseconds wait);

/// 429: not tried, since this user's commands have more bytes than they may.
http::Response too_many_bytes(std::chrono::milliseconds wait);

/// 429 or 503: a read that is not tried, and when to come again.
http::Response refused(const ReadRefusal& refusal);

/// What became of a command, as JSON; empty where there is none of this user, and the same is done
/// for it whether there is one of somebody else. Blocks; throws WorldError when the store is away.
std::string read_status(
    domain::CommandLog& commands,
    domain::EventLog& events,
    const std::string& id,
    const domain::Issuer& user
);

}  // namespace gateway::commands

#pragma once

#include "domain/ports/command_log.hpp"

#include <span>
#include <string>

namespace gateway::commands {

/// The body of a 202. The same for a command that is sent again.
std::string accepted_json(const std::string& id, const domain::Acceptance& acceptance);

/// What became of a command, from the events that it caused: none while it is pending.
std::string
status_json(const domain::CommandEnvelope& command, std::span<const domain::EventEnvelope> events);

/// An aggregate as it is now. `state` is JSON.
std::string aggregate_json(
    const domain::StreamId& stream,
    domain::StreamVersion version,
    const domain::Payload& state
);

}  // namespace gateway::commands

#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/envelope.hpp"
#include "services/worker/states.hpp"

#include <string>
#include <vector>

namespace services::worker {

/// What a command came to, ready to be appended: the events of its aggregate, or else the one
/// outcome event that says why there are none. Never empty.
struct Answer {
    std::vector<domain::EventEnvelope> events;
    VersionedState state;  ///< of the command's stream, afterwards
    std::string failure;   ///< what was thrown, for the log; empty unless the command failed
};

/// Decides one command on the state of its stream. `aggregate` may be null (nobody knows the
/// category). A throw is tried `attempts` times in all; then the command has failed.
Answer decide(
    const domain::Aggregate* aggregate,
    const domain::StoredCommand& command,
    const VersionedState& before,
    domain::Timestamp now,
    int attempts
);

/// The answer to a command whose aggregate cannot even be read.
Answer fail(
    const domain::StoredCommand& command,
    const VersionedState& before,
    domain::Timestamp now,
    std::string failure
);

}  // namespace services::worker

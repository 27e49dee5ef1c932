#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/ports/decider.hpp"

#include <vector>

namespace services::worker {

/// What a command came to, ready to be appended: the events of its aggregate, or else the one
/// outcome event that says why there are none. Never empty. Of a failure its user learns the code
/// and a sentence about it; the reason is for the operator's log only.
std::vector<domain::EventEnvelope>
answer(const domain::StoredCommand& command, domain::Verdict verdict, domain::Timestamp now);

/// How often a decider has tried it that failed so: one that throws is tried again, `attempts`
/// times in all.
int attempts_of(const domain::Failure& failure, int attempts);

}  // namespace services::worker

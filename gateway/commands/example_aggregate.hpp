#pragma once

#include "domain/kernel/aggregate.hpp"

#include <vector>

namespace gateway::commands::testing {

/// One aggregate for specs: a counter with the commands `add` {"by": <integer>} and `reset` {},
/// whose state is the sum. "eve" may never read it, and "heir" only what is above 2.
std::vector<domain::AggregatePtr> counters();

}  // namespace gateway::commands::testing

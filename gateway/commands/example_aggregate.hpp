#pragma once

#include "domain/kernel/aggregate.hpp"

#include <vector>

namespace gateway::commands::testing {

/// One aggregate for specs: a counter with the commands `add` {"by": <integer>} and `reset` {},
/// whose state is the sum.
std::vector<domain::AggregatePtr> counters();

}  // namespace gateway::commands::testing

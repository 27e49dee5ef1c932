#pragma once

#include "tests/simulation/history.hpp"

#include <string>
#include <vector>

namespace simulation {

/// What stands against it: each failed command is one dead letter, which says why, and is retried
/// once at most, as what it was.
std::vector<std::string> broken_dead_letters(const History& history);

}  // namespace simulation

#pragma once

#include "tests/simulation/promises.hpp"
#include "tests/simulation/world.hpp"

#include <string>
#include <vector>

namespace simulation {

struct Outcome {
    std::vector<Broken> broken;
    FaultCounts faults{};
    int faults_drawn = 0;
    std::size_t commands = 0;
    std::size_t events = 0;
    std::size_t shown = 0;
    std::vector<std::string> trace;  ///< if asked for
};

/// Runs the whole system in this thread: two of each process, users with their streams, and the
/// plan's faults; then without faults until all has come to rest. The same plan gives the same run.
Outcome simulate(const Plan& plan, bool traced = false);

}  // namespace simulation

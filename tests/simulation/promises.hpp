#pragma once

#include "tests/simulation/history.hpp"

#include <string>
#include <vector>

namespace simulation {

/// A promise that a history does not keep.
struct Broken {
    std::string promise;  ///< as docs/GUARANTEES.md names it
    std::string what;     ///< what is wrong, in one line
};

/// Every promise, checked on what clients did and saw and what the store holds in the end, when
/// all faults are over and there was time enough. Knows nothing of how the system works.
std::vector<Broken> broken_promises(const History& history);

}  // namespace simulation

#pragma once

#include "domain/kernel/stream.hpp"

#include <cstdint>

namespace domain {

/// Over how many partitions keys are spread, and since when. An operator may change the number: the
/// next generation begins, in one moment, and nobody of the one before can write any more.
struct Generation {
    std::int64_t number = 1;
    std::int32_t partitions = 0;  ///< 0: no process has fixed it yet
    /// Where the command log ended when it began. What stands at or below may have been done by the
    /// generation before, in other partitions: only the store knows.
    Position begun{};
    friend bool operator==(const Generation&, const Generation&) = default;
};

}  // namespace domain

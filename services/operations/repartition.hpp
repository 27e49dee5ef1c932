#pragma once

#include "domain/kernel/topics.hpp"
#include "domain/ports/generations.hpp"

#include <cstdint>

namespace services::operations {

enum class Repartitioned {
    begun,    ///< by this call
    already,  ///< keys are spread over so many as it is
    behind,   ///< the workers are: nothing has happened, and the same can be asked again later
};

/// Spreads keys over so many partitions, while everything runs. One transaction of the store, so it
/// is done or it is not: whoever dies at it, or is not told, asks again and is told `already`.
/// SetupError where no process has fixed a number yet; WorldError when the store is away.
Repartitioned repartition(
    domain::Generations& generations,
    const domain::Topics& topics,
    std::int32_t partitions,
    std::int64_t reach_max = domain::NextGeneration{}.reach_max
);

}  // namespace services::operations

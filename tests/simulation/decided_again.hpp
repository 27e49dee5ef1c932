#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/clock.hpp"
#include "infra/memory/memory_store.hpp"
#include "tests/simulation/promises.hpp"

#include <span>
#include <vector>

namespace simulation {

/// What `antiphon what-if` of the build that ran says of the store: a decision that is made again,
/// on whatever other way through caches, snapshots and lost deciders, has to be the same. All of
/// the log, and from its middle on.
std::vector<Broken> decided_again(
    infra::memory::MemoryStore& store,
    std::span<const domain::AggregatePtr> aggregates,
    const domain::Clock& clock
);

}  // namespace simulation

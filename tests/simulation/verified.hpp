#pragma once

#include "domain/kernel/aggregate.hpp"
#include "infra/memory/memory_store.hpp"
#include "tests/simulation/promises.hpp"

#include <span>
#include <vector>

namespace simulation {

/// What `antiphon verify` says of the store, past all that may be away.
std::vector<Broken>
verified(infra::memory::MemoryStore& store, std::span<const domain::AggregatePtr> aggregates);

}  // namespace simulation

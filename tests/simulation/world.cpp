#include "tests/simulation/world.hpp"

namespace simulation {

World::World(const Plan& plan, bool traced)
    : random(plan.seed),
      faults(plan.seed, plan.without),
      clock(domain::Timestamp(std::chrono::years(30))),
      traced_(traced) {}

bool World::strikes(Fault fault, std::string_view where) {
    if (!faults.strikes(fault)) return false;
    trace(where, "fault {}: {}", faults.number(), to_string(fault));
    return true;
}

void World::add_line(std::string_view who, const std::string& what) {
    lines.push_back(fmt::format("{:>7} ms  {:<12} {}", now().count(), who, what));
}

std::int32_t World::partitions() {
    return store.read([](const infra::memory::Tables& tables) {
        return tables.generation.partitions;
    });
}

}  // namespace simulation

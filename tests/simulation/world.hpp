#pragma once

#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_append_notices.hpp"
#include "infra/memory/memory_broker.hpp"
#include "infra/memory/memory_store.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/history.hpp"

#include <spdlog/fmt/fmt.h>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simulation {

/// Which run: the seed says everything that happens. The other two make a failing one shorter.
struct Plan {
    std::uint64_t seed = 1;
    int steps = 2'000;      ///< happenings before the faults end
    std::set<int> without;  ///< faults left out, by their numbers
};

/// Records that were given up by who sent them, and reach the broker all the same.
using LateRecords = std::vector<domain::Record>;

/// What all processes and clients of one run share: time, chance, the store and the broker.
struct World {
    World(const Plan& plan, bool traced);

    Random random;
    Faults faults;
    infra::memory::ManualClock clock;
    infra::memory::MemoryStore store;
    infra::memory::MemoryBroker broker;
    infra::memory::MemoryAppendNotices notices;
    History history;

    std::chrono::milliseconds store_away_until{0};
    std::vector<LateRecords> late;

    /// Lets anything else happen: what a process that stands still calls. Set by the simulation.
    std::function<void()> happen;
    int depth = 0;  ///< how many processes stand still within each other's calls

    /// Strikes, and says so.
    bool strikes(Fault fault, std::string_view where);

    std::chrono::milliseconds now() const { return clock.elapsed(); }

    /// Over how many keys are spread now.
    std::int32_t partitions();

    /// Adds a line to the trace, if there is one: else nothing is formatted.
    template <class... Args>
    void trace(std::string_view who, fmt::format_string<Args...> what, Args&&... args) {
        if (traced_) add_line(who, fmt::format(what, std::forward<Args>(args)...));
    }
    std::vector<std::string> lines;  ///< of the trace

  private:
    void add_line(std::string_view who, const std::string& what);

    bool traced_;
};

}  // namespace simulation

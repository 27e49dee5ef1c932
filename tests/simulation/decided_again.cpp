#include "tests/simulation/decided_again.hpp"

#include "infra/memory/memory_audit.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/process/local_folder.hpp"
#include "services/operations/what_if.hpp"
#include "tests/kit/faulty_deciders.hpp"

#include <chrono>
#include <string>

namespace simulation {

std::vector<Broken> decided_again(
    infra::memory::MemoryStore& store,
    std::span<const domain::AggregatePtr> aggregates,
    const domain::Clock& clock
) {
    infra::memory::MemoryCommandLog commands(store);
    infra::memory::MemoryEventLog events(store);
    infra::memory::MemoryAudit audit(store);
    infra::process::LocalFolder folder(aggregates, 10);
    const domain::Position head = commands.head();
    std::vector<Broken> broken;
    for (const std::int64_t from : {std::int64_t{1}, head.value / 2}) {
        if (from < 1 || from > head.value) continue;
        // So few states that histories are read again and again.
        kit::FaultyDeciders deciders(aggregates, {.states_max = 3, .refuse_taken = false}, clock);
        services::operations::WhatIfSettings settings;
        settings.commands.from = domain::StreamVersion{from};
        settings.patience = std::chrono::milliseconds(0);
        services::operations::WhatIf what_if(
            {commands, events, audit, deciders, folder},
            settings,
            {.answer =
                 [&](const auto& difference) {
                     const auto& command = difference.command.command;
                     broken.push_back(
                         {"what-if",
                          "from " + std::to_string(from) + ": " + command.name + " of " +
                              command.stream.category + '/' + command.stream.entity + " at " +
                              std::to_string(difference.command.position.value) + ": " +
                              difference.before + " -> " + difference.after}
                     );
                 },
             .state = [](const auto&) {}}
        );
        constexpr std::size_t piece = 20;
        while (what_if.step(piece)) {
        }
    }
    return broken;
}

}  // namespace simulation

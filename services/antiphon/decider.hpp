#pragma once

#include "infra/process/child_history_checker.hpp"
#include "services/antiphon/settings.hpp"

#include <span>
#include <string>
#include <vector>

namespace services::antiphon {

/// The role that no operator starts: a process that runs the code of the aggregates for a worker,
/// for a gateway that shows them, or for who checks histories. It reads no settings; they give it
/// what it needs.
inline constexpr const char* decider_role = "decider";

/// `states_max`: aggregates that it keeps. `snapshots`: which ones it takes. `refuse_taken`:
/// see LocalDeciderSettings.
std::vector<std::string> decider_arguments(
    const Settings& settings,
    std::size_t states_max,
    const domain::SnapshotPolicy& snapshots,
    bool refuse_taken = true
);

/// What takes none.
inline constexpr domain::SnapshotPolicy no_snapshots{.events = 0};

/// Who folds single streams; its process is started when there is the first.
infra::process::ChildHistoryChecker make_checker(const Settings& settings);

/// `arguments` are those, but for the role itself.
void run_decider(std::span<const char* const> arguments);

}  // namespace services::antiphon

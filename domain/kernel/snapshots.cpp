#include "domain/kernel/snapshots.hpp"

#include "domain/kernel/pieces.hpp"

namespace domain {

std::string describe_failure(const TakenSnapshot& taken) {
    return taken.stream.category + ' ' + taken.stream.entity + " has no snapshot at version " +
           std::to_string(taken.version.value) + ": " + taken.failure;
}

Snapshot snapshot_of(TakenSnapshot taken, const EventEnvelope& last, std::int64_t incarnation) {
    return {
        .stream = std::move(taken.stream),
        .version = taken.version,
        .state = std::move(taken.state),
        .last_event = event_id(last),
        .incarnation = incarnation};
}

void SnapshotTaker::look(
    const Aggregate& aggregate,
    const StreamId& stream,
    VersionedState& state,
    const std::function<void()>& before
) {
    if (!due(state)) return;
    state.kept = state.version;  // whatever comes of it: the next one is tried much later
    state.folded = {};
    if (aggregate.state_form().empty()) return;
    TakenSnapshot& taken = taken_.emplace_back(TakenSnapshot{stream, state.version, {}});
    before();
    if (const auto thrown = thrown_by([&] { taken.state = aggregate.snapshot(state.state); }))
        taken.failure = *thrown;
    if (taken.state.size() <= policy_.bytes_max) return;
    taken.failure = std::to_string(taken.state.size()) + " bytes are more than snapshots.bytes_max";
    taken.state.clear();
}

bool SnapshotTaker::due(const VersionedState& state) const {
    if (policy_.events == 0 || state.version <= state.kept) return false;
    const auto since = static_cast<std::size_t>(state.version.value - state.kept.value);
    return since >= policy_.events || (policy_.fold.count() > 0 && state.folded > policy_.fold);
}

}  // namespace domain

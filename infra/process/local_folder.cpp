#include "infra/process/local_folder.hpp"

#include "domain/kernel/pieces.hpp"

#include <chrono>
#include <utility>

namespace infra::process {

LocalFolder::LocalFolder(
    std::span<const domain::AggregatePtr> aggregates,
    std::size_t states_max,
    domain::SnapshotPolicy snapshots,
    std::function<void()> under_way
)
    : aggregates_(aggregates),
      under_way_(std::move(under_way)),
      cache_(states_max),
      taker_(snapshots) {}

domain::FoldAnswer LocalFolder::fold(
    const domain::StreamId& stream,
    domain::StreamVersion after,
    std::span<const domain::EventEnvelope> events,
    bool last
) {
    const auto* aggregate = domain::find_aggregate(aggregates_, stream.category);
    if (!aggregate) return domain::Unreadable{"this build has no " + stream.category};
    domain::VersionedState state;
    if (after.value > 0) {
        const domain::VersionedState* known = find(stream, after);
        if (!known) return domain::Lacking{};
        state = *known;
    }
    const auto began = std::chrono::steady_clock::now();
    if (const auto why = fold_in_pieces(*aggregate, state.state, events, under_way_)) {
        return domain::Unreadable{*why};
    }
    state.folded += std::chrono::steady_clock::now() - began;
    if (!events.empty()) state.version = events.back().version;
    domain::Payload json;
    if (last) {
        under_way_();
        const auto thrown = domain::thrown_by([&] { json = aggregate->state(state.state); });
        if (thrown) return domain::Unreadable{"its state cannot be shown: " + *thrown};
        taker_.look(*aggregate, stream, state, under_way_);
    }
    cache_.put(stream, std::move(state));
    return json;
}

bool LocalFolder::restore(const domain::Snapshot& snapshot) {
    const auto* aggregate = domain::find_aggregate(aggregates_, snapshot.stream.category);
    if (!aggregate) return false;
    domain::VersionedState state{snapshot.version, {}, snapshot.version};
    under_way_();
    if (domain::thrown_by([&] { state.state = aggregate->restore(snapshot.state); })) return false;
    cache_.put(snapshot.stream, std::move(state));
    return true;
}

domain::ReadAnswer
LocalFolder::may_read(const domain::StreamId& stream, const domain::Asked& asked) {
    const auto* aggregate = domain::find_aggregate(aggregates_, stream.category);
    if (!aggregate) return domain::Unreadable{"this build has no " + stream.category};
    domain::Folded state;
    if (asked.version.value > 0) {
        const domain::VersionedState* known = find(stream, asked.version);
        if (!known) return domain::Lacking{};
        state = known->state;
    }
    under_way_();
    bool may = false;
    const auto thrown = domain::thrown_by([&] { may = aggregate->may_read(state, asked); });
    if (thrown) return domain::Unreadable{"who may read it cannot be said: " + *thrown};
    return may;
}

const domain::VersionedState*
LocalFolder::find(const domain::StreamId& stream, domain::StreamVersion at) {
    const domain::VersionedState* known = cache_.find(stream);
    return known && known->version == at ? known : nullptr;
}

}  // namespace infra::process

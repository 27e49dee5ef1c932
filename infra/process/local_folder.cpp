#include "infra/process/local_folder.hpp"

#include "domain/kernel/pieces.hpp"

#include <utility>

namespace infra::process {

LocalFolder::LocalFolder(
    std::span<const domain::AggregatePtr> aggregates,
    std::size_t states_max,
    std::function<void()> under_way
)
    : aggregates_(aggregates), under_way_(std::move(under_way)), cache_(states_max) {}

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
    if (const auto why = fold_in_pieces(*aggregate, state.state, events, under_way_)) {
        return domain::Unreadable{*why};
    }
    if (!events.empty()) state.version = events.back().version;
    domain::Payload json;
    if (last) {
        under_way_();
        const auto thrown = domain::thrown_by([&] { json = aggregate->state(state.state); });
        if (thrown) return domain::Unreadable{"its state cannot be shown: " + *thrown};
    }
    cache_.put(stream, std::move(state));
    return json;
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

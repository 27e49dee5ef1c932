#include "services/worker/local_decider.hpp"

#include "domain/kernel/expected_version.hpp"
#include "domain/kernel/pieces.hpp"
#include "domain/kernel/topics.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <tuple>
#include <utility>

namespace services::worker {

LocalDecider::LocalDecider(
    std::span<const domain::AggregatePtr> aggregates,
    LocalDeciderSettings settings,
    UnderWay under_way
)
    : aggregates_(aggregates),
      settings_(settings),
      under_way_(std::move(under_way)),
      cache_(settings.states_max),
      taker_(settings.snapshots) {}

void LocalDecider::begin(
    std::span<const domain::StoredCommand> batch,
    const domain::KeyHolders& held,
    std::chrono::milliseconds /*patience*/
) {
    keep_states();
    batch_.assign(batch.begin(), batch.end());
    keys_ = held;
    wanted_.streams.clear();
    for (std::size_t i = 0; i < batch_.size(); ++i) {
        const domain::StreamId& id = batch_[i].command.stream;
        const auto [stream, fresh] = streams_.try_emplace(id);
        if (!fresh) continue;
        stream->second.first_command = i;
        if (const domain::VersionedState* known = cache_.find(id)) {
            stream->second.state = *known;
        } else {
            wanted_.streams.push_back(id);
        }
    }
    complete_ = wanted_.streams.empty();
}

void LocalDecider::keep_states() {
    for (auto& [id, stream] : streams_) {
        if (decided_ && stream.unreadable.empty()) cache_.put(id, std::move(stream.state));
    }
    undo();
}

void LocalDecider::undo() {
    streams_.clear();
    decided_ = false;
    std::ignore = taker_.taken();  // of the same versions, other events may be stored
}

void LocalDecider::give(std::span<const domain::EventEnvelope> page, bool last) {
    wanted_.streams.clear();  // what follows is the next page
    for (auto first = page.begin(); first != page.end();) {
        const auto end = std::find_if(first, page.end(), [&](const auto& event) {
            return event.stream != first->stream;
        });
        const auto found = streams_.find(first->stream);
        if (found != streams_.end()) fold(found->second, {first, end});
        first = end;
    }
    complete_ = last;
    if (last) want_again();
}

void LocalDecider::restore(std::span<const domain::Snapshot> snapshots) {
    for (const domain::Snapshot& snapshot : snapshots) {
        const auto found = streams_.find(snapshot.stream);
        const auto* aggregate = domain::find_aggregate(aggregates_, snapshot.stream.category);
        if (found == streams_.end() || !aggregate) continue;
        InBatch& stream = found->second;
        under_way_(stream.first_command, true);
        const auto thrown = domain::thrown_by([&] {
            stream.state = {snapshot.version, aggregate->restore(snapshot.state), snapshot.version};
        });
        if (thrown) {
            stream.lacks_events = true;
        } else {
            stream.unreadable.clear();
        }
    }
}

/// The histories of those whose snapshots could not be read, from their beginning on.
void LocalDecider::want_again() {
    for (auto& [id, stream] : streams_) {
        if (!stream.lacks_events) continue;
        stream = {.state = {}, .first_command = stream.first_command};
        wanted_.streams.push_back(id);
        complete_ = false;
    }
}

void LocalDecider::fold(InBatch& stream, std::span<const domain::EventEnvelope> events) {
    const auto* aggregate = domain::find_aggregate(aggregates_, events.front().stream.category);
    if (stream.lacks_events) return;
    stream.state.version = events.back().version;
    if (!aggregate || !stream.unreadable.empty()) return;
    const auto before = [&] { under_way_(stream.first_command, true); };
    const auto began = std::chrono::steady_clock::now();
    const auto why = domain::fold_in_pieces(*aggregate, stream.state.state, events, before);
    stream.state.folded += std::chrono::steady_clock::now() - began;
    if (why) stream.unreadable = *why;
}

domain::Progress LocalDecider::wait(std::chrono::milliseconds /*timeout*/) {
    if (!complete_) return wanted_;
    domain::Verdicts verdicts;
    verdicts.reserve(batch_.size());
    for (std::size_t i = 0; i < batch_.size(); ++i) verdicts.push_back(decide(i));
    decided_ = true;
    take_snapshots();
    return verdicts;
}

/// Of a state that the batch has left as it was, nobody could tell the last event.
void LocalDecider::take_snapshots() {
    for (auto& [id, stream] : streams_) {
        const auto* aggregate = domain::find_aggregate(aggregates_, id.category);
        if (!aggregate || !stream.changed || !stream.unreadable.empty()) continue;
        taker_.look(*aggregate, id, stream.state, [&] { under_way_(stream.first_command, true); });
    }
}

domain::Verdict LocalDecider::decide(std::size_t command) {
    const domain::CommandEnvelope& envelope = batch_[command].command;
    InBatch& stream = streams_.at(envelope.stream);
    const auto failed = [&](std::string code, std::string reason) {
        return domain::Verdict{
            stream.state.version, domain::Failure{std::move(code), std::move(reason)}};
    };
    if (!stream.unreadable.empty()) return failed("unreadable-history", stream.unreadable);
    if (!domain::find_aggregate(aggregates_, envelope.stream.category)) {
        return failed("no-such-aggregate", "this build has no " + envelope.stream.category);
    }
    if (!settings_.refuse_taken) keys_ = {};
    std::optional<std::string> first;
    for (int attempt = 1; attempt <= settings_.attempts; ++attempt) {
        domain::Verdict verdict;
        under_way_(command, false);
        const auto thrown = domain::thrown_by([&] { verdict = decide_once(envelope, stream); });
        if (!thrown) return verdict;
        if (!first) first = thrown;
    }
    return failed("threw", *first);
}

domain::Asked
LocalDecider::asked(const domain::CommandEnvelope& command, domain::StreamVersion version) const {
    return {
        .user = command.issuer,
        .time = command.time,
        .command_id = command.id,
        .entity = command.stream.entity,
        .version = version,
        .correlation_id = command.correlation_id,
        .claim_names = settings_.claim_names};
}

domain::Verdict LocalDecider::decide_once(const domain::CommandEnvelope& command, InBatch& stream) {
    const domain::StreamVersion before = stream.state.version;
    const auto* aggregate = domain::find_aggregate(aggregates_, command.stream.category);
    const domain::Asked who = asked(command, before);
    // First of all: what else stands against it tells something of the state.
    if (!aggregate->may(command.name, stream.state.state, who))
        return {before, domain::forbidden()};
    if (command.expected_version && !domain::expects(*command.expected_version, before)) {
        return {
            before,
            domain::Rejection{
                "version-conflict",
                "Expected " + domain::describe_expected(*command.expected_version) + ", found " +
                    std::to_string(before.value) + '.'}};
    }
    auto decided = aggregate->decide(command.name, command.data, stream.state.state, who);
    if (!decided) return {before, decided.error()};
    domain::Decided made = std::move(decided).value();
    if (auto failure = too_much(made.events)) return {before, *std::move(failure)};
    for (const domain::NewEvent& event : made.events)
        if (const auto* change = keys_.refused(command.stream, event.keys))
            return {before, domain::taken(change->scope)};
    for (const domain::NewEvent& event : made.events) keys_.change(command.stream, event.keys);
    if (!made.events.empty()) {
        stream.state.state = std::move(made.state);
        stream.state.version.value += static_cast<std::int64_t>(made.events.size());
        stream.changed = true;
    }
    return {before, std::move(made.events)};
}

std::optional<domain::Failure> LocalDecider::too_much(const std::vector<domain::NewEvent>& events
) const {
    std::size_t bytes = 0;
    for (const domain::NewEvent& event : events) {
        bytes += event.data.size();
        for (const auto& change : event.keys) bytes += change.scope.size() + change.key.size();
        if (event.hears.size() > settings_.hearers_max)
            return domain::Failure{
                "too-many-hearers",
                std::to_string(event.hears.size()) + " users are to hear of one event; at most " +
                    std::to_string(settings_.hearers_max) + " may"};
    }
    if (events.size() <= settings_.events_max && bytes <= settings_.events_max_bytes)
        return std::nullopt;
    return domain::Failure{
        "too-many-events",
        std::to_string(events.size()) + " events of " + std::to_string(bytes) + " bytes; at most " +
            std::to_string(settings_.events_max) + " of " +
            std::to_string(settings_.events_max_bytes) + " may be one command's"};
}

void LocalDecider::forget(std::span<const domain::CommandPartition> partitions, std::int32_t of) {
    const auto gone = [&](const domain::StreamId& stream) {
        const domain::CommandPartition its{
            stream.category, domain::partition_of(stream.entity, of)};
        return std::ranges::count(partitions, its) > 0;
    };
    cache_.forget_if(gone);
    std::erase_if(streams_, [&](const auto& entry) { return gone(entry.first); });
}

}  // namespace services::worker

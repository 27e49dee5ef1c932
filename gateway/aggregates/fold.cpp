#include "gateway/aggregates/fold.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace gateway::aggregates {
namespace {

constexpr std::size_t snapshot_bytes_max = 64'000'000;  // of one: more than any is

std::size_t size_of(const std::string& key, const Fold& fold) {
    const domain::EventEnvelope& last = fold.last;
    return fold.json.size() + last.data.size() + last.issuer.claims.size() + key.size() + 1'024;
}

/// Unlike for any two: no category has a slash.
std::string key_of(const domain::StreamId& stream) { return stream.category + '/' + stream.entity; }

}  // namespace

/// No entity and no name of a user has a line break.
FoldOf
past_of(const domain::StreamId& stream, domain::StreamVersion version, const domain::Issuer& user) {
    const std::string kept_as = stream.entity + '\n' + domain::user_key(user);
    return {stream, version, {stream.category, kept_as}};
}

FoldStep fold_on(
    domain::EventLog& log,
    domain::Folder& folder,
    const FoldOf& what,
    const FoldPtr& from,
    std::size_t page_max
) {
    const std::size_t known = from && from->version.value > 0 ? 1 : 0;  // it is read once more
    const domain::StreamVersion after = known ? from->version : domain::StreamVersion{};
    if (what.up_to)
        page_max = std::min(page_max, static_cast<std::size_t>(what.up_to->value - after.value));
    const domain::StreamCursor cursor{
        what.stream, {after.value - static_cast<std::int64_t>(known)}};
    const auto read = log.read_streams(std::span(&cursor, 1), page_max + known);
    const auto nothing = std::make_shared<const Fold>();
    if (known && (read.empty() || read.front() != from->last)) return {.fold = nothing};
    const auto events = std::span(read).subspan(known);
    if (known && events.empty() && from->whole) return {.fold = from};

    FoldStep step{.events = events.size()};
    for (const domain::EventEnvelope& event : events) step.bytes += event.data.size();
    auto fold = std::make_shared<Fold>();
    fold->whole = events.size() < page_max || (!read.empty() && read.back().version == what.up_to);
    if (!read.empty()) {
        auto answer = folder.fold(what.kept_as, after, events, fold->whole);
        if (auto* unreadable = std::get_if<domain::Unreadable>(&answer)) {
            step.unreadable = std::move(unreadable->reason);
            return step;
        }
        step.fold = nothing;
        if (std::holds_alternative<domain::Lacking>(answer)) return step;
        fold->json = std::get<domain::Payload>(std::move(answer));
        fold->version = read.back().version;
        fold->last = read.back();
    }
    step.fold = std::move(fold);
    return step;
}

FoldStep restore(
    domain::EventLog& log,
    domain::SnapshotStore& snapshots,
    domain::Folder& folder,
    const FoldOf& what,
    domain::StreamVersion version
) {
    auto found = snapshots.find(std::span(&what.stream, 1), snapshot_bytes_max);
    if (found.empty() || found.front().version <= version) return {};
    domain::Snapshot& snapshot = found.front();
    if (what.up_to && snapshot.version > *what.up_to) return {};
    const domain::StreamCursor before{what.stream, {snapshot.version.value - 1}};
    const auto last = log.read_streams(std::span(&before, 1), 1);
    if (last.empty() || domain::event_id(last.front()) != snapshot.last_event) return {};
    FoldStep step{.bytes = snapshot.state.size()};
    snapshot.stream = what.kept_as;
    if (folder.restore(snapshot))
        step.fold =
            std::make_shared<const Fold>(Fold{.version = snapshot.version, .last = last.front()});
    return step;
}

FoldPtr FoldCache::find(const domain::StreamId& stream) {
    const std::string key = key_of(stream);
    if (const auto found = young_.find(key); found != young_.end()) return found->second;
    const auto found = old_.find(key);
    if (found == old_.end()) return nullptr;
    FoldPtr fold = found->second;  // put() erases the old one
    put(stream, fold);
    return fold;
}

void FoldCache::put(const domain::StreamId& stream, FoldPtr fold) {
    std::string key = key_of(stream);
    const std::size_t bytes = size_of(key, *fold);
    if (const auto known = young_.find(key); known != young_.end()) {
        young_bytes_ -= size_of(key, *known->second);
        young_.erase(known);
    }
    old_.erase(key);
    if (folds_max_ == 0 || bytes > bytes_max_ / 2) return;
    if (young_.size() >= std::max<std::size_t>(folds_max_ / 2, 1) ||
        young_bytes_ + bytes > bytes_max_ / 2) {
        old_ = std::exchange(young_, {});
        young_bytes_ = 0;
    }
    young_bytes_ += bytes;
    young_.emplace(std::move(key), std::move(fold));
}

}  // namespace gateway::aggregates

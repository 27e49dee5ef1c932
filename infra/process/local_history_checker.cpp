#include "infra/process/local_history_checker.hpp"

#include "domain/kernel/pieces.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace infra::process {
namespace {

/// As many events as are soon folded.
constexpr std::size_t piece_max = 100;

/// The first of them that follow on each other in one stream, and are not too many.
std::span<const domain::EventEnvelope> piece_of(std::span<const domain::EventEnvelope> events) {
    const auto breaks = [](const domain::EventEnvelope& a, const domain::EventEnvelope& b) {
        return a.stream != b.stream || a.version.value + 1 != b.version.value;
    };
    events = events.first(std::min(events.size(), piece_max));
    const auto last = std::ranges::adjacent_find(events, breaks);
    return last == events.end() ? events : std::span(events.begin(), last + 1);
}

/// No more than up to the version of the snapshot, if that is of one of them.
std::span<const domain::EventEnvelope>
up_to(const domain::Snapshot& kept, std::span<const domain::EventEnvelope> piece) {
    const domain::StreamVersion first = piece.front().version;
    if (kept.stream != piece.front().stream || kept.version < first) return piece;
    const auto most = static_cast<std::size_t>(kept.version.value - first.value) + 1;
    return piece.first(std::min(piece.size(), most));
}

}  // namespace

LocalHistoryChecker::LocalHistoryChecker(
    std::span<const domain::AggregatePtr> aggregates,
    std::function<void(std::size_t)> under_way
)
    : aggregates_(aggregates), under_way_(std::move(under_way)) {}

void LocalHistoryChecker::check(
    std::span<const domain::EventEnvelope> events,
    std::span<const domain::Snapshot> kept,
    const domain::TellFound& tell
) {
    for (std::size_t at = 0; at < events.size();) {
        auto piece = piece_of(events.subspan(at));
        const domain::EventEnvelope& first = piece.front();
        if (first.stream != stream_ || first.version.value == 1) begin(first.stream);
        if (!kept.empty()) piece = up_to(kept.front(), piece);
        const std::size_t last = at + piece.size() - 1;
        if (!at_fault_) fold(piece, at, tell);
        for (; !kept.empty() && kept.front().stream == events[last].stream &&
               kept.front().version == events[last].version;
             kept = kept.subspan(1))
            if (!at_fault_) compare(kept.front(), last, tell);
        at = last + 1;
        if (!at_fault_ && (at == events.size() || events[at].stream != stream_)) end(tell);
    }
}

void LocalHistoryChecker::begin(const domain::StreamId& stream) {
    stream_ = stream;
    aggregate_ = domain::find_aggregate(aggregates_, stream.category);
    state_ = nullptr;
    version_ = {};
    at_fault_ = false;
}

void LocalHistoryChecker::compare(
    const domain::Snapshot& kept,
    std::size_t at,
    const domain::TellFound& tell
) {
    under_way_(at);
    bool same = false;
    const auto thrown = domain::thrown_by([&] {
        const auto restored = aggregate_->restore(kept.state);
        same = aggregate_->snapshot(restored) == aggregate_->snapshot(state_);
    });
    if (same) return;
    tell.fault({stream_, version_, thrown.value_or("its events come to another state"), true});
}

void LocalHistoryChecker::end(const domain::TellFound& tell) {
    domain::StreamKeys own{stream_, version_, {}};
    const auto thrown = domain::thrown_by([&] {
        auto keys = domain::key_changes({}, aggregate_->reserves(state_));
        if (!keys) throw std::runtime_error(keys.error().message);
        own.keys = std::move(keys).value();
    });
    if (thrown) {
        at_fault_ = true;
        tell.fault({stream_, version_, "the keys that it reserves: " + *thrown});
    } else if (!own.keys.empty()) {
        tell.keys(own);
    }
}

void LocalHistoryChecker::fold(Piece piece, std::size_t at, const domain::TellFound& tell) {
    under_way_(at);
    const auto why_not = fault_of(piece);
    if (why_not && piece.size() == 1) {
        at_fault_ = true;
        tell.fault({stream_, piece.front().version, *why_not});
    } else if (why_not) {  // which of them is it?
        for (std::size_t i = 0; i < piece.size() && !at_fault_; ++i)
            fold(piece.subspan(i, 1), at + i, tell);
    }
}

std::optional<std::string> LocalHistoryChecker::fault_of(Piece piece) {
    if (!aggregate_) return "this build has no " + stream_.category;
    if (piece.front().version.value != version_.value + 1)
        return "it follows on version " + std::to_string(version_.value);
    const auto thrown = domain::thrown_by([&] { state_ = aggregate_->fold(state_, piece); });
    if (!thrown) version_ = piece.back().version;
    return thrown;
}

}  // namespace infra::process

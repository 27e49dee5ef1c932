#include "infra/process/local_history_checker.hpp"

#include "domain/kernel/pieces.hpp"

#include <algorithm>
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

}  // namespace

LocalHistoryChecker::LocalHistoryChecker(
    std::span<const domain::AggregatePtr> aggregates,
    std::function<void(std::size_t)> under_way
)
    : aggregates_(aggregates), under_way_(std::move(under_way)) {}

void LocalHistoryChecker::check(
    std::span<const domain::EventEnvelope> events,
    const domain::TellFault& tell
) {
    for (std::size_t at = 0; at < events.size();) {
        const auto piece = piece_of(events.subspan(at));
        if (const auto& stream = piece.front().stream; stream != stream_) {
            stream_ = stream;
            aggregate_ = domain::find_aggregate(aggregates_, stream.category);
            state_ = nullptr;
            version_ = {};
            at_fault_ = false;
        }
        if (!at_fault_) fold(piece, at, tell);
        at += piece.size();
    }
}

void LocalHistoryChecker::fold(
    std::span<const domain::EventEnvelope> piece,
    std::size_t at,
    const domain::TellFault& tell
) {
    under_way_(at);
    const auto why_not = fault_of(piece);
    if (why_not && piece.size() == 1) {
        at_fault_ = true;
        tell({stream_, piece.front().version, *why_not});
    } else if (why_not) {  // which of them is it?
        for (std::size_t i = 0; i < piece.size() && !at_fault_; ++i)
            fold(piece.subspan(i, 1), at + i, tell);
    }
}

std::optional<std::string> LocalHistoryChecker::fault_of(
    std::span<const domain::EventEnvelope> piece
) {
    if (!aggregate_) return "this build has no " + stream_.category;
    if (piece.front().version.value != version_.value + 1)
        return "it follows on version " + std::to_string(version_.value);
    const auto thrown = domain::thrown_by([&] { state_ = aggregate_->fold(state_, piece); });
    if (!thrown) version_ = piece.back().version;
    return thrown;
}

}  // namespace infra::process

#include "domain/kernel/pieces.hpp"

#include <algorithm>

namespace domain {
namespace {

/// Short enough that many of them are soon done, and long enough to cost nothing.
constexpr std::size_t piece_max = 100;

}  // namespace

std::optional<std::string> fold_in_pieces(
    const Aggregate& aggregate,
    Folded& state,
    std::span<const EventEnvelope> events,
    const std::function<void()>& before
) {
    while (!events.empty()) {
        const auto piece = events.first(std::min(events.size(), piece_max));
        before();
        if (const auto thrown = thrown_by([&] { state = aggregate.fold(state, piece); })) {
            return "version " + std::to_string(piece.front().version.value) +
                   " or one of the next: " + *thrown;
        }
        events = events.subspan(piece.size());
    }
    return std::nullopt;
}

}  // namespace domain

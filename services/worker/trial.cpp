#include "services/worker/trial.hpp"

#include <algorithm>
#include <utility>

namespace services::worker {
namespace {

/// As much as a page of events.
constexpr std::size_t snapshot_bytes_max = 32'000'000;

}  // namespace

domain::Progress Trial::wait(std::chrono::milliseconds timeout) {
    for (;;) {
        domain::Progress progress = decider_.wait(timeout);
        const auto* wanted = std::get_if<domain::Wanted>(&progress);
        if (!wanted) return progress;
        load(*wanted);
    }
}

void Trial::load(const domain::Wanted& wanted) {
    if (!wanted.streams.empty()) {
        missing_.clear();
        for (const auto& stream : wanted.streams) missing_.push_back({stream, {}});
    }
    const std::size_t limit = page_.next();
    const auto page = events_.read_streams(missing_, limit);
    const bool last = page.size() < limit;
    decider_.give(page, last);
    if (last) return;
    page_.came(page);
    // The page came in the order asked: what stands before its last stream is complete.
    const auto cut = std::ranges::find(missing_, page.back().stream, &domain::StreamCursor::stream);
    missing_.erase(missing_.begin(), cut);
    missing_.front().after = page.back().version;
    if (std::exchange(look_for_snapshots_, false)) go_on_behind_snapshots();
}

void Trial::go_on_behind_snapshots() {
    std::vector<domain::StreamId> streams;
    for (const auto& cursor : missing_) streams.push_back(cursor.stream);
    auto found = snapshots_->find(streams, snapshot_bytes_max);
    auto cursor = missing_.begin();
    std::erase_if(found, [&](const domain::Snapshot& snapshot) {
        cursor = std::ranges::find(
            cursor, missing_.end(), snapshot.stream, &domain::StreamCursor::stream
        );
        if (snapshot.version <= cursor->after) return true;
        cursor->after = snapshot.version;
        return false;
    });
    if (!found.empty()) decider_.restore(found);
}

}  // namespace services::worker

#include "services/worker/trial.hpp"

#include <algorithm>

namespace services::worker {

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
    std::size_t bytes = 0;
    for (const domain::EventEnvelope& event : page) bytes += event.data.size();
    page_.came(page.size(), bytes);
    // The page came in the order asked: what stands before its last stream is complete.
    const auto cut = std::ranges::find(missing_, page.back().stream, &domain::StreamCursor::stream);
    missing_.erase(missing_.begin(), cut);
    missing_.front().after = page.back().version;
}

}  // namespace services::worker

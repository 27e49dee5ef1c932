#include "infra/runtime/reading_ahead.hpp"

#include <utility>

namespace infra::runtime {

std::vector<std::string> ReadingAhead::categories() {
    next_ = {};
    return histories_.categories();
}

std::size_t ReadingAhead::count(const std::string& category) {
    next_ = {};
    return histories_.count(category);
}

std::vector<domain::EventEnvelope> ReadingAhead::read(
    const domain::StreamId& after,
    domain::StreamVersion version,
    std::size_t limit
) {
    Page page;
    if (!take(after, version, limit, page)) page = histories_.read(after, version, limit);
    if (page.empty()) return page;
    after_ = page.back().stream;
    version_ = page.back().version;
    next_ = std::async(std::launch::async, [this, limit, from = after_, at = version_] {
        return histories_.read(from, at, limit);
    });
    return page;
}

bool ReadingAhead::take(
    const domain::StreamId& after,
    domain::StreamVersion version,
    std::size_t limit,
    Page& page
) {
    if (!next_.valid()) return false;
    auto next = std::move(next_);
    const bool asked = after == after_ && version == version_;
    if (!asked) return next.wait(), false;
    page = next.get();
    if (page.size() > limit) page.resize(limit);
    return true;
}

}  // namespace infra::runtime

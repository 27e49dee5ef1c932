#include "services/operations/past_reader.hpp"

#include <algorithm>
#include <utility>

namespace services::operations {
namespace {

constexpr std::size_t others_max = 2'000;  ///< of a page

}  // namespace

PastReader::PastReader(
    domain::EventLog& events,
    domain::PageSize& size,
    std::vector<Past> pasts,
    domain::Position commands
)
    : events_(events), size_(size), pasts_(std::move(pasts)), commands_(commands) {}

std::vector<domain::EventEnvelope> PastReader::next() {
    std::vector<domain::EventEnvelope> page;
    while (!done() && page.empty()) {
        const Past& past = pasts_[at_];
        if (past.stored && past.stored->value == 0) stored_ended_ = true;
        if (stored_ended_) {
            take_others(page);
        } else {
            take_stored(page);
        }
    }
    return page;
}

bool PastReader::belongs(const domain::EventEnvelope& event, const Past& past) const {
    return past.stored ? event.version <= *past.stored : event.command_position <= commands_;
}

/// What is stored of this stream, and of those that follow without other events: most are short, so
/// one statement reads many.
void PastReader::take_stored(std::vector<domain::EventEnvelope>& page) {
    std::vector<domain::StreamCursor> cursors{{pasts_[at_].stream, after_}};
    for (std::size_t i = at_ + 1; pasts_[i - 1].then.empty() && i < pasts_.size(); ++i)
        cursors.push_back({pasts_[i].stream, {}});
    const std::size_t limit = size_.next();
    auto found = events_.read_streams(cursors, limit);
    const bool all = found.size() < limit;
    if (!found.empty()) size_.came(found);
    bool beyond = false;
    const auto last = found.empty() ? after_ : found.back().version;
    std::size_t past = at_;
    for (auto& event : found) {
        for (; pasts_[past].stream != event.stream; ++past) beyond = false;
        beyond = beyond || !belongs(event, pasts_[past]);
        if (!beyond) page.push_back(std::move(event));
    }
    if (all) past = at_ + cursors.size() - 1;
    at_ = past;
    stored_ended_ = all || beyond;
    if (!all) after_ = last;
}

void PastReader::take_others(std::vector<domain::EventEnvelope>& page) {
    const Past& past = pasts_[at_];
    const auto rest = past.then.subspan(others_);
    for (const auto& other : rest.first(std::min(rest.size(), others_max))) {
        domain::EventEnvelope event;
        event.stream = past.stream;
        event.version.value = past.stored.value_or(domain::StreamVersion{}).value +
                              static_cast<std::int64_t>(++others_);
        event.type = other.type;
        event.data = other.data;
        page.push_back(std::move(event));
    }
    if (others_ < past.then.size()) return;
    ++at_;
    after_ = {};
    stored_ended_ = false;
    others_ = 0;
}

}  // namespace services::operations

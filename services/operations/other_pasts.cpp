#include "services/operations/other_pasts.hpp"

#include "domain/kernel/error.hpp"

#include <string>

namespace services::operations {

void OtherPasts::branch(const domain::StreamId& stream, domain::StreamVersion stored) {
    all_.try_emplace(stream, OtherPast{stored, {}});
}

void OtherPasts::add(const domain::StreamId& stream, std::span<const domain::NewEvent> events) {
    auto& past = all_.at(stream);
    kept_ += events.size();
    if (kept_ > events_max_)
        throw domain::SetupError(
            "the aggregates that go another way have more than " + std::to_string(events_max_) +
            " events, which have to be kept in memory: choose fewer --commands or one --category, "
            "or raise --diverged-max"
        );
    for (const auto& event : events) past.events.push_back({event.type, event.data});
}

Past OtherPasts::past(const domain::StreamId& stream, std::optional<domain::StreamVersion> stored)
    const {
    const auto found = all_.find(stream);
    if (found == all_.end()) return {stream, stored};
    return {stream, found->second.stored, found->second.events};
}

}  // namespace services::operations

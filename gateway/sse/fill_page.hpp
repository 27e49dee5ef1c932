#pragma once

#include "gateway/sse/sequence.hpp"

#include <span>
#include <utility>

namespace gateway::sse {

/// Makes frames of `events`, which are all that were asked for or as many as may be, until the page
/// is as large as may be.
template <class FrameOf>
void fill(
    Page& page,
    std::span<const domain::EventEnvelope> events,
    const SseSettings& limits,
    FrameOf frame_of
) {
    page.whole = events.size() < limits.page_events_max;
    for (const domain::EventEnvelope& event : events) {
        Frame frame = frame_of(event);
        page.bytes += frame.bytes->size();
        if (page.bytes > limits.page_bytes_max && !page.frames.empty()) {
            page.whole = false;
            break;
        }
        page.reached = frame.place;
        page.frames.push_back(std::move(frame));
    }
}

}  // namespace gateway::sse

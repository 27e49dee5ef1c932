#include "gateway/sse/page.hpp"

namespace gateway::sse {

Page read_page(
    domain::EventLog& log,
    const std::string& subject,
    const std::optional<domain::Cursor>& after,
    const SseSettings& limits
) {
    Page page;
    page.head = log.head();
    if (!after || after->incarnation != page.head.incarnation) return page;
    if (after->position >= page.head.position) return page;

    const auto events =
        log.read_subject(subject, after->position, page.head.position, limits.page_events_max);
    page.whole = events.size() < limits.page_events_max;
    std::size_t bytes = 0;
    for (const domain::EventEnvelope& event : events) {
        Frame frame = event_frame(event, page.head.incarnation);
        bytes += frame.bytes->size();
        if (bytes > limits.page_bytes_max && !page.frames.empty()) {
            page.whole = false;
            break;
        }
        page.frames.push_back(std::move(frame));
    }
    return page;
}

}  // namespace gateway::sse

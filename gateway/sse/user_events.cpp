#include "gateway/sse/user_events.hpp"

#include "gateway/sse/fill_page.hpp"

namespace gateway::sse {

std::optional<Place> UserEvents::parse(std::string_view id) const {
    const auto cursor = domain::parse_cursor(id);
    if (!cursor) return std::nullopt;
    return Place{cursor->incarnation, cursor->position.value};
}

Page UserEvents::read(
    domain::EventLog& log,
    const std::optional<Place>& after,
    const SseSettings& limits
) const {
    Page page;
    page.head = log.head();
    const domain::Position head = page.head.position;
    if (!after || after->incarnation != page.head.incarnation) return page;
    page.known = after->number <= head.value;
    if (after->number >= head.value) return page;

    const auto events = log.read_user(key().text, {after->number}, head, limits.page_events_max);
    fill(page, events, limits, [&](const domain::EventEnvelope& event) {
        return event_frame(event, page.head.incarnation);
    });
    if (page.whole) page.reached = head.value;
    return page;
}

Frame begin_at_head(
    const domain::Cursor& head,
    std::string_view requested,
    std::string_view reason
) {
    return {
        head.position.value,
        reason.empty() ? ready_frame(head) : reset_frame(requested, reason, head)};
}

}  // namespace gateway::sse

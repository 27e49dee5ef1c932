#include "gateway/aggregates/aggregate_events.hpp"

#include "domain/kernel/number.hpp"
#include "gateway/sse/fill_page.hpp"

#include <span>
#include <utility>

namespace gateway::aggregates {

using sse::Page;
using sse::Place;

EventsPage
read_events(domain::EventLog& log, const domain::StreamCursor& behind, std::size_t limit) {
    constexpr std::size_t page_bytes_max = 256 * 1024;
    EventsPage page{.last = behind.after};
    bool full = false;
    for (const domain::EventEnvelope& event : log.read_streams(std::span(&behind, 1), limit)) {
        ++page.events;
        page.bytes += event.data.size();
        const std::string json = sse::followed_event(event);
        full = full || (!page.json.empty() && page.json.size() + json.size() > page_bytes_max);
        if (full) continue;
        page.json += (page.json.empty() ? '[' : ',') + json;
        page.last = event.version;
    }
    page.json += page.json.empty() ? "[]" : "]";
    return page;
}

AggregateEvents::AggregateEvents(
    domain::StreamId stream,
    std::size_t topic,
    domain::StreamVersion snapshot
)
    : Sequence({stream.entity, topic}, true), stream_(std::move(stream)), snapshot_(snapshot) {}

std::optional<Place> AggregateEvents::parse(std::string_view id) const {
    Place place;
    if (const auto cursor = domain::parse_cursor(id)) {
        place = {cursor->incarnation, cursor->position.value};
    } else if (const auto version = domain::parse_number<std::int64_t>(id)) {
        place = {1, *version};
    }
    const bool ours = place.number >= 0 && sse::version_id(place.incarnation, place.number) == id;
    return ours ? std::optional(place) : std::nullopt;
}

/// The event at the place is read once more: that it is there says that the log, or a replica of
/// it, has got as far.
Page AggregateEvents::read(
    domain::EventLog& log,
    const std::optional<Place>& after,
    const sse::SseSettings& limits
) const {
    Page page;
    page.head = log.head();
    page.whole = false;
    if (after && after->incarnation != page.head.incarnation) return page;
    const std::int64_t version = after ? after->number : snapshot_.value;
    const std::size_t known = version > 0 ? 1 : 0;
    const domain::StreamCursor cursor{stream_, {version - static_cast<std::int64_t>(known)}};
    const auto events = log.read_streams(std::span(&cursor, 1), limits.page_events_max + known);
    page.known = events.size() >= known;
    if (!page.known) return page;
    sse::fill(page, std::span(events).subspan(known), limits, [&](const auto& event) {
        return sse::followed_frame(event, page.head.incarnation);
    });
    return page;
}

}  // namespace gateway::aggregates

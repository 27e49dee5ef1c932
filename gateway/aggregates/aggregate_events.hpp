#pragma once

#include "domain/ports/event_log.hpp"
#include "gateway/sse/sequence.hpp"

#include <cstddef>
#include <string>

namespace gateway::aggregates {

/// A page of an aggregate's events.
struct EventsPage {
    std::string json{};            ///< their CloudEvents, in the JSON batch format of those
    domain::StreamVersion last{};  ///< of them; where there are none, the one they were to follow
    std::size_t events = 0;        ///< that were read for it,
    std::size_t bytes = 0;         ///< and the bytes of their data
};

/// The events behind a version in their order, at most `limit`, and about as many bytes as a page
/// of a stream has, but never none. Blocks; throws WorldError when the store is away.
EventsPage
read_events(domain::EventLog& log, const domain::StreamCursor& behind, std::size_t limit);

/// The events of one aggregate, by their versions. A stream that does not go on begins at a
/// snapshot.
class AggregateEvents final : public sse::Sequence {
  public:
    /// `topic`: of its category's events, as the hub counts. `snapshot`: what version that is at.
    AggregateEvents(domain::StreamId stream, std::size_t topic, domain::StreamVersion snapshot);

    std::optional<sse::Place> parse(std::string_view id) const override;
    sse::Page read(
        domain::EventLog& log,
        const std::optional<sse::Place>& after,
        const sse::SseSettings& limits
    ) const override;

  private:
    const domain::StreamId stream_;
    const domain::StreamVersion snapshot_;
};

}  // namespace gateway::aggregates

#pragma once

#include "gateway/sse/sequence.hpp"

namespace gateway::aggregates {

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

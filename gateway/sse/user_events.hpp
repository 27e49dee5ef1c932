#pragma once

#include "gateway/sse/sequence.hpp"

#include <string>

namespace gateway::sse {

/// The events that the commands of one user have caused, by their positions in the log.
class UserEvents final : public Sequence {
  public:
    /// `user`: user_key()
    explicit UserEvents(std::string user) : Sequence({std::move(user)}, false) {}

    std::optional<Place> parse(std::string_view id) const override;
    Page read(domain::EventLog& log, const std::optional<Place>& after, const SseSettings& limits)
        const override;
};

/// `ready` or `reset`.
Frame begin_at_head(
    const domain::Cursor& head,
    std::string_view requested,
    std::string_view reason
);

}  // namespace gateway::sse

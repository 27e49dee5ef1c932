#pragma once

#include "domain/ports/event_log.hpp"
#include "gateway/sse/frame.hpp"
#include "gateway/sse/settings.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gateway::sse {

/// A subject's events as the store had them at one moment.
struct Page {
    domain::Cursor head;        ///< of the log at that moment
    std::vector<Frame> frames;  ///< in order
    bool whole = true;          ///< nothing is left up to `head`
};

/// The first events behind `after`. Only the head where there is no `after`, or none of this log.
/// Blocks; throws domain::WorldError when the store is away.
Page read_page(
    domain::EventLog& log,
    const std::string& subject,
    const std::optional<domain::Cursor>& after,
    const SseSettings& limits
);

}  // namespace gateway::sse

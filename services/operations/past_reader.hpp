#pragma once

#include "domain/kernel/page_size.hpp"
#include "domain/ports/event_log.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace services::operations {

/// The past of a stream as it might have been: what is stored of it up to somewhere, and then
/// events that are not stored.
struct Past {
    domain::StreamId stream;
    /// The last stored version that belongs to it, where that is known; else its stored events are
    /// those of commands up to the reader's position.
    std::optional<domain::StreamVersion> stored;
    std::span<const domain::NewEvent> then{};
};

/// Reads the pasts of streams, one stream after the other, page by page.
class PastReader {
  public:
    /// `events` and `size` outlive it, and so do the events that are not stored.
    PastReader(
        domain::EventLog& events,
        domain::PageSize& size,
        std::vector<Past> pasts,
        domain::Position commands
    );

    /// Throws WorldError when the store is away; the same page can be asked for again.
    std::vector<domain::EventEnvelope> next();

    /// All was read. May be false where the last page is still to come, and is empty.
    bool done() const { return at_ == pasts_.size(); }

  private:
    void take_stored(std::vector<domain::EventEnvelope>& page);
    void take_others(std::vector<domain::EventEnvelope>& page);
    bool belongs(const domain::EventEnvelope& event, const Past& past) const;

    domain::EventLog& events_;
    domain::PageSize& size_;
    const std::vector<Past> pasts_;
    const domain::Position commands_;
    std::size_t at_ = 0;           ///< the past that is being read,
    domain::StreamVersion after_;  ///< from behind this version on,
    bool stored_ended_ = false;    ///< of which all that is stored was read,
    std::size_t others_ = 0;       ///< and so many of the others
};

}  // namespace services::operations

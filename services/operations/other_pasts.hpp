#pragma once

#include "services/operations/past_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

namespace services::operations {

/// The streams that have gone another way than the store's, with the events of that way.
class OtherPasts {
  public:
    struct OtherPast {
        domain::StreamVersion stored;  ///< up to which it went the same way
        std::vector<domain::NewEvent> events;
    };

    /// At most so many events are kept.
    explicit OtherPasts(std::size_t events_max) : events_max_(events_max) {}

    bool contains(const domain::StreamId& stream) const { return all_.contains(stream); }

    /// It goes its own way from behind this version on.
    void branch(const domain::StreamId& stream, domain::StreamVersion stored);

    /// Its next events, of one that has gone its own way. SetupError where they are too many.
    void add(const domain::StreamId& stream, std::span<const domain::NewEvent> events);

    /// What a reader can read; valid until the stream gets more. `stored`: of one that goes the
    /// store's way.
    Past past(const domain::StreamId& stream, std::optional<domain::StreamVersion> stored) const;

    const std::map<domain::StreamId, OtherPast>& all() const { return all_; }

  private:
    const std::size_t events_max_;
    std::size_t kept_ = 0;
    std::map<domain::StreamId, OtherPast> all_;
};

}  // namespace services::operations

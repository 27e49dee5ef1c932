#pragma once

#include "domain/kernel/envelope.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace domain {

/// How many events to read next, so that a page of a history is bounded in bytes as well as in
/// number. Only what was read tells how large they are, so it begins with few.
class PageSize {
  public:
    explicit PageSize(std::size_t events_max) : events_max_(events_max) {}

    std::size_t next() const { return std::min(next_, events_max_); }

    /// A page of so many events, at least one, has come, with so many bytes of data.
    void came(std::size_t events, std::size_t bytes) {
        next_ = std::max<std::size_t>(bytes_max / std::max<std::size_t>(bytes / events, 1), 1);
    }

    void came(std::span<const EventEnvelope> page) {
        std::size_t bytes = 0;
        for (const EventEnvelope& event : page) bytes += event.data.size();
        came(page.size(), bytes);
    }

  private:
    static constexpr std::size_t bytes_max = 32'000'000;

    std::size_t events_max_;
    std::size_t next_ = 100;
};

}  // namespace domain

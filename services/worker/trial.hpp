#pragma once

#include "domain/kernel/page_size.hpp"
#include "domain/ports/decider.hpp"
#include "domain/ports/event_log.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace services::worker {

/// One batch on its way through a decider, which gets the histories that it wants page by page.
class Trial {
  public:
    /// All outlive this.
    Trial(domain::Decider& decider, domain::EventLog& events, std::size_t page_max)
        : decider_(decider), events_(events), page_(page_max) {}

    void begin(
        std::span<const domain::StoredCommand> batch,
        const domain::KeyHolders& held,
        std::chrono::milliseconds patience
    ) {
        decider_.begin(batch, held, patience);
    }

    /// As Decider::wait, but never Wanted.
    domain::Progress wait(std::chrono::milliseconds timeout);

  private:
    void load(const domain::Wanted& wanted);

    domain::Decider& decider_;
    domain::EventLog& events_;
    domain::PageSize page_;
    std::vector<domain::StreamCursor> missing_;
};

}  // namespace services::worker

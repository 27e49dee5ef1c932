#pragma once

#include "domain/kernel/page_size.hpp"
#include "domain/ports/decider.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/snapshot_store.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace services::worker {

/// One batch on its way through a decider, which gets the histories that it wants page by page.
/// Those that do not fit into the first page go on behind their snapshots.
class Trial {
  public:
    /// All outlive this. Without `snapshots` each history is read from its beginning.
    Trial(
        domain::Decider& decider,
        domain::EventLog& events,
        std::size_t page_max,
        domain::SnapshotStore* snapshots = nullptr
    )
        : decider_(decider), events_(events), snapshots_(snapshots), page_(page_max) {}

    void begin(
        std::span<const domain::StoredCommand> batch,
        const domain::KeyHolders& held,
        std::chrono::milliseconds patience
    ) {
        decider_.begin(batch, held, patience);
        look_for_snapshots_ = snapshots_ != nullptr;
    }

    /// As Decider::wait, but never Wanted.
    domain::Progress wait(std::chrono::milliseconds timeout);

  private:
    void load(const domain::Wanted& wanted);
    void go_on_behind_snapshots();

    domain::Decider& decider_;
    domain::EventLog& events_;
    domain::SnapshotStore* snapshots_;
    domain::PageSize page_;
    std::vector<domain::StreamCursor> missing_;
    bool look_for_snapshots_ = false;
};

}  // namespace services::worker

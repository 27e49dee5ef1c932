#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/states.hpp"
#include "domain/kernel/stream.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace domain {

/// The state of a stream after `version` events, as its aggregate has written it.
struct Snapshot {
    StreamId stream;
    StreamVersion version;
    Payload state;
    std::string last_event{};      ///< event_id() of that version's event,
    std::int64_t incarnation = 0;  ///< in this life of the log
    friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

/// When a state is worth a snapshot.
struct SnapshotPolicy {
    std::size_t events = 1'000;          ///< so many since the last one; 0: none is taken
    std::chrono::milliseconds fold{50};  ///< or those took longer to fold; 0: that is no reason
    std::size_t bytes_max = 1'048'576;   ///< of its JSON; a larger one is not kept
};

/// What is to be kept of a stream: its state, or why there is none, for an operator.
struct TakenSnapshot {
    StreamId stream;
    StreamVersion version;
    Payload state;
    std::string failure{};
    friend bool operator==(const TakenSnapshot&, const TakenSnapshot&) = default;
};

/// For the log of an operator.
std::string describe_failure(const TakenSnapshot& taken);

/// `last` is the event of its version, stored in this life of the log.
Snapshot snapshot_of(TakenSnapshot taken, const EventEnvelope& last, std::int64_t incarnation);

/// Takes the snapshots that are due, where states are folded. One thread.
class SnapshotTaker {
  public:
    explicit SnapshotTaker(SnapshotPolicy policy) : policy_(policy) {}

    /// `before`: as in fold_in_pieces().
    void look(
        const Aggregate& aggregate,
        const StreamId& stream,
        VersionedState& state,
        const std::function<void()>& before
    );

    /// Those since the last call.
    std::vector<TakenSnapshot> taken() { return std::exchange(taken_, {}); }

  private:
    bool due(const VersionedState& state) const;

    SnapshotPolicy policy_;
    std::vector<TakenSnapshot> taken_;
};

}  // namespace domain

#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/kernel/reservation.hpp"
#include "domain/kernel/snapshots.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace domain {

/// A stored stream that this build cannot fold beyond some version.
struct HistoryFault {
    StreamId stream;
    StreamVersion version;     ///< of the event that stands against it
    std::string reason;        ///< for an operator; says so where it may be one of the next events
    bool of_snapshot = false;  ///< it folds, and its snapshot of that version is something else
    friend bool operator==(const HistoryFault&, const HistoryFault&) = default;
};

/// The keys that are a stream's own by this build, as takes.
struct StreamKeys {
    StreamId stream;
    StreamVersion version;
    std::vector<KeyChange> keys;
    friend bool operator==(const StreamKeys&, const StreamKeys&) = default;
};

/// To whom it is told what is found.
struct TellFound {
    std::function<void(const HistoryFault&)> fault;
    std::function<void(const StreamKeys&)> keys = [](const StreamKeys&) {};
};

/// Folds stored streams to find those that cannot be. Whatever an aggregate does, throw, abort or
/// loop, is a fault of that stream alone. Used by one thread.
class HistoryChecker {
  public:
    virtual ~HistoryChecker() = default;

    /// The next events: whole streams one after the other, each in the order of its versions; what
    /// the last one began, the next call may go on with, and version 1 begins anew. `kept` are
    /// snapshots of this build's form at versions of these events, in their order. Told are each
    /// stream that cannot be folded, once, at its first fault; each snapshot that is not what its
    /// events come to; and the keys of each stream that folds and has any, at its last event here.
    /// Blocks; throws WorldError when nobody can fold.
    virtual void check(
        std::span<const EventEnvelope> events,
        std::span<const Snapshot> kept,
        const TellFound& tell
    ) = 0;
};

}  // namespace domain

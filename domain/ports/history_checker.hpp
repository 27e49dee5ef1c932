#pragma once

#include "domain/kernel/envelope.hpp"

#include <functional>
#include <span>
#include <string>

namespace domain {

/// A stored stream that this build cannot fold beyond some version.
struct HistoryFault {
    StreamId stream;
    StreamVersion version;  ///< of the event that stands against it
    std::string reason;     ///< for an operator; says so where it may be one of the next events
    friend bool operator==(const HistoryFault&, const HistoryFault&) = default;
};

using TellFault = std::function<void(const HistoryFault&)>;

/// Folds stored streams to find those that cannot be. Whatever an aggregate does, throw, abort or
/// loop, is a fault of that stream alone. Used by one thread.
class HistoryChecker {
  public:
    virtual ~HistoryChecker() = default;

    /// The next events: whole streams one after the other, each in the order of its versions; what
    /// the last one began, the next call may go on with. `tell` is told of each stream that cannot
    /// be folded, once, at its first fault. Blocks; throws WorldError when nobody can fold.
    virtual void check(std::span<const EventEnvelope> events, const TellFault& tell) = 0;
};

}  // namespace domain

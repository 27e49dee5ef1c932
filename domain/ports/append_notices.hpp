#pragma once

#include "domain/ports/relay_leases.hpp"

#include <chrono>

namespace domain {

/// Tells relays that a log has grown. A hint that saves waiting, never a promise: it may come late,
/// twice or not at all, and whoever waits polls the log besides.
class AppendNotifier {
  public:
    virtual ~AppendNotifier() = default;

    /// Called after the commit. Never blocks and never throws; many calls may become one. Any
    /// thread.
    virtual void appended(Log log) = 0;
};

/// The other end, for one log and one thread.
class AppendListener {
  public:
    virtual ~AppendListener() = default;

    /// Waits until the log has grown since the last call, at most `timeout`. Returns early, without
    /// a throw, when it cannot listen.
    virtual void wait(std::chrono::milliseconds timeout) = 0;
};

}  // namespace domain

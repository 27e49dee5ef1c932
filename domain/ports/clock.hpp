#pragma once

#include "domain/kernel/envelope.hpp"

#include <chrono>

namespace domain {

/// Time, as the world or a test has it. Any thread.
class Clock {
  public:
    virtual ~Clock() = default;

    /// What the calendar says. May jump.
    virtual Timestamp now() const = 0;

    /// Time since some start. Never goes back; for time-outs and pauses.
    virtual std::chrono::milliseconds elapsed() const = 0;
};

/// Is it time again for something that is done `every` so often, and was `last`? Then `last` is
/// now.
inline bool
due(const Clock& clock, std::chrono::milliseconds& last, std::chrono::milliseconds every) {
    const auto now = clock.elapsed();
    if (now - last < every) return false;
    last = now;
    return true;
}

}  // namespace domain

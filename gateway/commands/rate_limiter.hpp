#pragma once

#include "domain/ports/clock.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

namespace gateway::commands {

struct RateLimitSettings {
    std::size_t commands_per_s_per_user = 1'000;  ///< 0: no limit
    std::size_t burst_per_user = 2'000;           ///< at once, after a rest
    std::size_t users_max = 100'000;              ///< remembered
};

/// How often each user may ask: a token bucket, kept as the one time at which it will be full. That
/// is the generic cell rate algorithm in its form of virtual scheduling (ITU-T I.371, annex A;
/// ATM Forum TM 4.1, section 4.4). Used by one thread; no I/O, and the clock is given.
class RateLimiter {
  public:
    RateLimiter(const domain::Clock& clock, RateLimitSettings settings);

    /// Takes one of the user's; or how long it has to wait for the next, at least a second, since
    /// Retry-After is in seconds. What is refused costs the user nothing.
    std::optional<std::chrono::seconds> take(const std::string& user);

    std::size_t users() const { return young_.size() + old_.size(); }

  private:
    using Buckets = std::unordered_map<std::string, std::chrono::nanoseconds>;
    std::chrono::nanoseconds& full_at(const std::string& user);

    const domain::Clock& clock_;
    const RateLimitSettings settings_;
    std::chrono::nanoseconds interval_{0};   ///< in which a bucket gains one
    std::chrono::nanoseconds tolerance_{0};  ///< a bucket that is full later than that is empty
    /// Two generations: when the young one has half of users_max it becomes the old one, and the
    /// old one is forgotten. So the most that a user gains by being forgotten is one more burst
    /// for every users_max / 2 other users who ask.
    Buckets young_;
    Buckets old_;
};

}  // namespace gateway::commands

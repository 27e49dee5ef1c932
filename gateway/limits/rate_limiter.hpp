#pragma once

#include "domain/ports/clock.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace gateway {

/// How much of something one user may have.
struct RateLimit {
    std::int64_t per_s = 0;  ///< 0: any number
    std::int64_t burst = 1;  ///< at once, after a rest
};

/// How much each user may have: a token bucket, kept as the one time at which it will be full. That
/// is the generic cell rate algorithm in its form of virtual scheduling (ITU-T I.371, annex A;
/// ATM Forum TM 4.1, section 4.4), for costs other than one too. Used by one thread; no I/O, and
/// the clock is given.
class RateLimiter {
  public:
    RateLimiter(const domain::Clock& clock, RateLimit limit, std::size_t users_max = 100'000);

    /// Takes so many of the user's; or how long it has to wait for them. What is refused costs the
    /// user nothing. More than a burst is given to whoever has rested, and then owed.
    std::optional<std::chrono::milliseconds> take(const std::string& user, std::int64_t cost = 1);

    /// Takes them in any case: for a cost that is known too late to be refused. The user owes what
    /// it had not.
    void charge(const std::string& user, std::int64_t cost);

    std::size_t users() const { return young_.size() + old_.size(); }

  private:
    using Buckets = std::unordered_map<std::string, std::chrono::nanoseconds>;
    std::chrono::nanoseconds& full_at(const std::string& user);
    std::chrono::nanoseconds time_of(std::int64_t cost) const;

    const domain::Clock& clock_;
    const std::int64_t per_s_;
    const std::int64_t burst_;
    const std::size_t users_max_;
    /// Two generations: when the young one has half of users_max it becomes the old one, and the
    /// old one is forgotten. So the most that a user gains by being forgotten is one more burst
    /// for every users_max / 2 other users who ask.
    Buckets young_;
    Buckets old_;
};

}  // namespace gateway

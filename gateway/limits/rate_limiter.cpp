#include "gateway/limits/rate_limiter.hpp"

#include <algorithm>
#include <utility>

namespace gateway {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

RateLimiter::RateLimiter(const domain::Clock& clock, RateLimit limit, std::size_t users_max)
    : clock_(clock),
      per_s_(limit.per_s),
      // The clock ticks in milliseconds, and what a tick brings must fit in.
      burst_(std::max(limit.burst, limit.per_s / 1'000 + 1)),
      users_max_(users_max) {}

/// In which a bucket gains so many.
nanoseconds RateLimiter::time_of(std::int64_t cost) const {
    constexpr std::int64_t second = 1'000'000'000;
    return nanoseconds(cost / per_s_ * second + cost % per_s_ * second / per_s_);
}

std::optional<milliseconds> RateLimiter::take(const std::string& user, std::int64_t cost) {
    if (per_s_ == 0) return std::nullopt;
    const nanoseconds now = clock_.elapsed();
    nanoseconds& full = full_at(user);
    const nanoseconds begin = std::max(full, now);
    const nanoseconds early = begin - now - time_of(burst_ - std::min(cost, burst_));
    if (early > nanoseconds(0)) return std::chrono::ceil<milliseconds>(early);
    full = begin + time_of(cost);
    return std::nullopt;
}

void RateLimiter::charge(const std::string& user, std::int64_t cost) {
    if (per_s_ == 0 || cost == 0) return;
    nanoseconds& full = full_at(user);
    full = std::max<nanoseconds>(full, clock_.elapsed()) + time_of(cost);
}

nanoseconds& RateLimiter::full_at(const std::string& user) {
    if (const auto known = young_.find(user); known != young_.end()) return known->second;
    const auto known = old_.find(user);
    const nanoseconds full = known == old_.end() ? nanoseconds(0) : known->second;
    if (young_.size() >= std::max<std::size_t>(users_max_ / 2, 1)) old_ = std::exchange(young_, {});
    return young_.emplace(user, full).first->second;
}

}  // namespace gateway

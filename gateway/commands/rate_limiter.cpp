#include "gateway/commands/rate_limiter.hpp"

#include <algorithm>
#include <utility>

namespace gateway::commands {

using std::chrono::nanoseconds;
using std::chrono::seconds;

RateLimiter::RateLimiter(const domain::Clock& clock, RateLimitSettings settings)
    : clock_(clock), settings_(settings) {
    const auto rate = static_cast<std::int64_t>(settings_.commands_per_s_per_user);
    if (rate == 0) return;
    interval_ = nanoseconds(seconds(1)) / rate;
    // The clock ticks in milliseconds, and what a tick brings must fit in.
    const auto least = rate / 1'000 + 1;
    const auto burst = std::max(static_cast<std::int64_t>(settings_.burst_per_user), least);
    tolerance_ = interval_ * (burst - 1);
}

std::optional<seconds> RateLimiter::take(const std::string& user) {
    if (settings_.commands_per_s_per_user == 0) return std::nullopt;
    const nanoseconds now = clock_.elapsed();
    nanoseconds& full = full_at(user);
    const nanoseconds begin = std::max(full, now);
    const nanoseconds early = begin - now - tolerance_;
    if (early > nanoseconds(0)) return std::chrono::ceil<seconds>(early);
    full = begin + interval_;
    return std::nullopt;
}

nanoseconds& RateLimiter::full_at(const std::string& user) {
    if (const auto known = young_.find(user); known != young_.end()) return known->second;
    const auto known = old_.find(user);
    const nanoseconds full = known == old_.end() ? nanoseconds(0) : known->second;
    if (young_.size() >= std::max<std::size_t>(settings_.users_max / 2, 1))
        old_ = std::exchange(young_, {});
    return young_.emplace(user, full).first->second;
}

}  // namespace gateway::commands

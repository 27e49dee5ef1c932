#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bench {
namespace {

constexpr int sub_bits = 7;
constexpr std::uint64_t sub_buckets = 1U << sub_bits;
constexpr std::size_t bucket_count = (64 - sub_bits) * sub_buckets;

std::size_t bucket_of(std::uint64_t value) {
    if (value < sub_buckets) return value;
    const int shift = static_cast<int>(std::bit_width(value)) - sub_bits - 1;
    return static_cast<std::size_t>(shift) * sub_buckets + (value >> shift);
}

std::uint64_t highest_in(std::size_t bucket) {
    if (bucket < 2 * sub_buckets) return bucket;
    const std::size_t shift = bucket / sub_buckets - 1;
    return ((bucket - shift * sub_buckets + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(bucket_count) {}

void Histogram::add(std::chrono::nanoseconds duration) {
    const auto value = std::max<std::int64_t>(duration.count(), 0);
    ++buckets_[bucket_of(static_cast<std::uint64_t>(value))];
    ++count_;
    max_ = std::max(max_, duration);
}

std::chrono::nanoseconds Histogram::quantile(double share) const {
    const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
    std::int64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size() && count_ > 0; ++bucket) {
        seen += buckets_[bucket];
        if (seen < std::max<std::int64_t>(wanted, 1)) continue;
        const auto highest = static_cast<std::int64_t>(highest_in(bucket));
        return std::min(max_, std::chrono::nanoseconds(highest));
    }
    return max_;
}

}  // namespace bench

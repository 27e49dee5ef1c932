#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace bench {

/// Durations from a nanosecond to centuries, kept to within 1 %: 128 equal buckets in each power of
/// two, as HdrHistogram has it.
class Histogram {
  public:
    Histogram();

    void add(std::chrono::nanoseconds duration);

    std::int64_t count() const { return count_; }
    std::chrono::nanoseconds max() const { return max_; }

    /// What `share` (0 to 1) of the durations do not exceed; zero where there are none.
    std::chrono::nanoseconds quantile(double share) const;

  private:
    std::vector<std::int64_t> buckets_;
    std::int64_t count_ = 0;
    std::chrono::nanoseconds max_{0};
};

}  // namespace bench

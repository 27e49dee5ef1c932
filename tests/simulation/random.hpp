#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace simulation {

/// Numbers from a seed, the same on every machine (the standard's distributions are not).
/// splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// In [0, end).
    int below(int end) { return static_cast<int>(next() % static_cast<std::uint64_t>(end)); }

    /// In [from, to].
    int between(int from, int to) { return from + below(to - from + 1); }

    std::size_t size(std::size_t from, std::size_t to) { return from + next() % (to - from + 1); }

    std::chrono::milliseconds time(int from_ms, int to_ms) {
        return std::chrono::milliseconds(between(from_ms, to_ms));
    }

    bool percent(int chance) { return below(100) < chance; }

    template <class Range>
    auto& one_of(Range& range) {
        return range[static_cast<std::size_t>(below(static_cast<int>(range.size())))];
    }

  private:
    std::uint64_t state_;
};

}  // namespace simulation

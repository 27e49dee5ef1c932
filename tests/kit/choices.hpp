#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace kit {

/// What a generator draws its values from. Each choice is a number that is noted, and smaller ones
/// mean simpler values; so the values can be drawn again, and a run that fails be made smaller,
/// whatever it is that is generated (MacIver, Donaldson, "Test-case reduction via test-case
/// generation", ECOOP 2020). Write generators so that the simplest value comes first.
class Choices {
  public:
    using Taken = std::vector<std::uint64_t>;

    /// By chance; `random` outlives it.
    explicit Choices(std::mt19937_64& random) : random_(&random) {}

    /// As before, and zeros after that.
    explicit Choices(Taken before) : taken_(std::move(before)) {}

    /// In [0, end).
    std::uint64_t below(std::uint64_t end) {
        return next(end - 1, [&](std::uint64_t drawn) { return drawn % end; });
    }

    /// In [0, most]; small ones mostly, and `most` more often than by chance.
    std::uint64_t up_to(std::uint64_t most) {
        const auto near_an_end = [&](std::uint64_t drawn) {
            const std::uint64_t kind = drawn % 8, number = drawn / 8;
            if (kind == 0) return number;
            if (kind == 1) return most - number % 2;
            return number % (kind < 5 ? 11 : 101);
        };
        return next(most, near_an_end);
    }

    /// In [from, to], simplest at `from`.
    std::int64_t between(std::int64_t from, std::int64_t to) {
        const auto start = static_cast<std::uint64_t>(from);
        const std::uint64_t most = static_cast<std::uint64_t>(to) - start;
        const auto any = [&](std::uint64_t drawn) {
            return most == UINT64_MAX ? drawn : drawn % (most + 1);
        };
        return static_cast<std::int64_t>(start + next(most, any));
    }

    bool yes() { return below(2) == 1; }

    /// One of these values, the first being the simplest.
    template <class T>
    const T& one_of(const std::vector<T>& values) {
        return values.at(static_cast<std::size_t>(below(values.size())));
    }

    const Taken& taken() const { return taken_; }

  private:
    template <class Number>
    std::uint64_t next(std::uint64_t most, Number number) {
        if (random_ != nullptr) return taken_.emplace_back(std::min(number((*random_)()), most));
        return next_ < taken_.size() ? std::min(taken_[next_++], most) : 0;
    }

    std::mt19937_64* random_ = nullptr;
    Taken taken_;
    std::size_t next_ = 0;
};

}  // namespace kit

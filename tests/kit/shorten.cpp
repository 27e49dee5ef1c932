#include "tests/kit/shorten.hpp"

#include <algorithm>
#include <utility>

namespace kit {
namespace {

constexpr int tries_max = 2'000;

/// The shortest so far, and what is tried in its place.
class Shortening {
  public:
    Shortening(Steps steps, const std::function<bool(const Steps&)>& breaks)
        : shortest(std::move(steps)), breaks_(breaks) {}

    Steps shortest;

    void drop_steps() {
        for (std::size_t block = std::max<std::size_t>(1, shortest.size() / 2); block > 0;
             block /= 2) {
            for (std::size_t end = shortest.size(); end >= block;) {
                Steps fewer = shortest;
                const auto last = fewer.begin() + static_cast<std::ptrdiff_t>(end);
                fewer.erase(last - static_cast<std::ptrdiff_t>(block), last);
                end = accept(std::move(fewer)) ? std::min(end - block, shortest.size()) : end - 1;
            }
        }
    }

    void lower_choices() {
        for (std::size_t step = 0; step < shortest.size(); ++step)
            for (std::size_t choice = 0; choice < shortest[step].size(); ++choice)
                lower(step, choice);
    }

    /// Two at a time, by the same: where one has to be larger than the other.
    void lower_together() {
        for (std::size_t first = 0; first < shortest.size(); ++first)
            for (std::size_t second = first; second < shortest.size(); ++second)
                for (std::size_t a = 0; a < shortest[first].size(); ++a)
                    for (std::size_t b = 0; b < shortest[second].size(); ++b)
                        if (first != second || a < b) lower_both({first, a}, {second, b});
    }

    bool may_try() const { return tries_ < tries_max; }

  private:
    /// Zero if that breaks, too; else smaller by halves.
    void lower(std::size_t step, std::size_t choice) {
        std::uint64_t from = 0, next = 0;
        while (may_try() && next < shortest[step][choice]) {
            Steps lower = shortest;
            lower[step][choice] = next;
            if (!accept(std::move(lower))) from = next + 1;
            next = from + (shortest[step][choice] - from) / 2;
        }
    }

    using Place = std::pair<std::size_t, std::size_t>;

    void lower_both(Place a, Place b) {
        const auto at = [](Steps& steps, Place place) -> std::uint64_t& {
            return steps[place.first][place.second];
        };
        const auto most = [&] { return std::min(at(shortest, a), at(shortest, b)); };
        for (auto less = most(); less > 0 && may_try();) {
            Steps lower = shortest;
            at(lower, a) -= less;
            at(lower, b) -= less;
            less = accept(std::move(lower)) ? most() : less / 2;
        }
    }

    bool accept(Steps steps) {
        if (!may_try()) return false;
        ++tries_;
        if (!breaks_(steps)) return false;
        shortest = std::move(steps);
        return true;
    }

    const std::function<bool(const Steps&)>& breaks_;
    int tries_ = 0;
};

}  // namespace

Steps shorten(Steps steps, const std::function<bool(const Steps&)>& breaks) {
    Shortening shortening(std::move(steps), breaks);
    Steps before;
    do {
        before = shortening.shortest;
        shortening.drop_steps();
        shortening.lower_choices();
        shortening.lower_together();
    } while (shortening.may_try() && shortening.shortest != before);
    return std::move(shortening.shortest);
}

}  // namespace kit

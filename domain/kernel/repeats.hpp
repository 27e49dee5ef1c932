#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace domain {

/// Which of many occurrences are worth a line in a log: the first of its kind each `every`, for at
/// most `kinds_max` kinds in that time; the others are counted, whatever their kind, and the next
/// line says how many there were. So nothing that can be repeated from outside fills a disk. No
/// clock, no log; one thread at a time.
class Repeats {
  public:
    explicit Repeats(
        std::chrono::milliseconds every = std::chrono::seconds(10),
        std::size_t kinds_max = 1
    )
        : every_(every), kinds_max_(kinds_max) {}

    /// So many more. How many a line would speak of now, these included; 0: no line.
    std::size_t
    occurred(std::chrono::milliseconds now, std::size_t more = 1, std::string_view kind = {}) {
        untold_ += more;
        return untold_ == 0 ? 0 : tell(now, kind);
    }

    /// The same for whoever looks now and then, so that the end of a flood is told as well.
    std::size_t left(std::chrono::milliseconds now) { return occurred(now, 0); }

  private:
    std::size_t tell(std::chrono::milliseconds now, std::string_view kind) {
        if (told_.empty() || now - since_ >= every_) {
            since_ = now;
            told_.clear();
        }
        if (told_.size() == kinds_max_ || !told_.emplace(kind).second) return 0;
        return std::exchange(untold_, 0);
    }

    std::chrono::milliseconds every_;
    std::size_t kinds_max_;
    std::chrono::milliseconds since_{};
    std::set<std::string, std::less<>> told_;  ///< kinds, since `since_`
    std::size_t untold_ = 0;
};

/// What a line adds that speaks of so many: nothing for one, else " (42 times)".
inline std::string times(std::size_t count) {
    return count < 2 ? std::string() : " (" + std::to_string(count) + " times)";
}

/// The kind of lines that differ in numbers alone.
inline std::string without_digits(std::string line) {
    std::erase_if(line, [](char c) { return c >= '0' && c <= '9'; });
    return line;
}

}  // namespace domain

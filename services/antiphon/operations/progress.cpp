#include "services/antiphon/operations/progress.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <unistd.h>
#include <utility>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;

constexpr const char* clear_line = "\r\033[K";
constexpr std::int64_t width = 30;

}  // namespace

Progress::Progress(std::string name, std::string unit, std::int64_t done_before)
    : on_terminal_(isatty(STDERR_FILENO) != 0),
      name_(std::move(name)),
      unit_(std::move(unit)),
      done_before_(done_before),
      shown_(on_terminal_ ? Clock::time_point{} : begun_) {}

double Progress::rate(std::int64_t done) const {
    const std::chrono::duration<double> took = Clock::now() - begun_;
    return static_cast<double>(done - done_before_) / std::max(took.count(), 1e-6);
}

void Progress::show(operations::Advance advance) {
    const auto now = Clock::now();
    if (now - shown_ < (on_terminal_ ? 200ms : 5000ms)) return;
    shown_ = now;
    const std::int64_t all = std::max({advance.total, advance.done, std::int64_t{1}});
    const double per_s = rate(advance.done);
    const double left = static_cast<double>(all - advance.done) / std::max(per_s, 1.0);
    if (on_terminal_) {
        std::string bar(static_cast<std::size_t>(advance.done * width / all), '#');
        bar.resize(width, '-');
        std::cerr << clear_line << name_ << " [" << bar << "] ";
    } else {
        std::cerr << name_ << ": " << advance.done << " of " << all << ' ' << unit_ << ", ";
    }
    std::cerr << advance.done * 100 / all << " %, " << std::llround(per_s) << ' ' << unit_ << "/s, "
              << std::llround(left) << " s left";
    if (on_terminal_) {
        std::cerr << std::flush;
    } else {
        std::cerr << std::endl;
    }
}

void Progress::clear() const {
    if (on_terminal_) std::cerr << clear_line << std::flush;
}

}  // namespace services::antiphon

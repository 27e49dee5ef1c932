#pragma once

#include "services/operations/operation.hpp"

#include <chrono>
#include <string>

namespace services::antiphon {

/// How far something is, on standard error: a bar that is written over on a terminal, a line each
/// five seconds elsewhere.
class Progress {
  public:
    using Clock = std::chrono::steady_clock;

    /// "events" are its unit; what was done before counts for no rate.
    Progress(std::string name, std::string unit, std::int64_t done_before = 0);

    void show(operations::Advance advance);

    /// Before something else is printed.
    void clear() const;

    /// Since it began, a second.
    double rate(std::int64_t done) const;

  private:
    const bool on_terminal_;
    std::string name_;
    std::string unit_;
    std::int64_t done_before_;
    Clock::time_point begun_ = Clock::now();
    Clock::time_point shown_;
};

}  // namespace services::antiphon

#pragma once

#include "domain/ports/clock.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace infra::runtime {

/// Pauses between steps that fail: the first, then twice as long each time, up to the most.
struct Backoff {
    std::chrono::milliseconds first{50};
    std::chrono::milliseconds most{2'000};
};

/// A piece of work that goes on for the life of the process. Each function has to return within
/// about a second, so that a stop is noticed.
struct Core {
    std::string name;                      ///< for the log: "relay of events"
    std::function<bool()> step;            ///< false: there is nothing to do
    std::function<void()> wait;            ///< after such a step
    std::function<void()> finish = [] {};  ///< once, at the end
};

/// Steps until a stop is requested. This is the one place where a domain::WorldError is caught: it
/// is logged, waited out, and the step is tried again. Anything else passes through.
void run_until_stopped(
    const Core& core,
    const domain::Clock& clock,
    const std::stop_token& stop,
    const Backoff& backoff = {}
);

/// Sleeps for `time`, or until a stop is requested.
void sleep_unless_stopped(std::chrono::milliseconds time, const std::stop_token& stop);

/// Which of the repetitions of an error are worth a line in the log: a new one at once, the same
/// one again each `every` with the number of times.
class RepeatedError {
  public:
    explicit RepeatedError(std::chrono::milliseconds every) : every_(every) {}

    /// The line to log, or nothing.
    std::optional<std::string> occurred(const std::string& message, std::chrono::milliseconds now);

    /// The line that says that it is over; nothing if nothing was wrong.
    std::optional<std::string> over();

  private:
    std::chrono::milliseconds every_;
    std::string message_;
    std::chrono::milliseconds logged_at_{};
    std::size_t count_ = 0;
};

}  // namespace infra::runtime

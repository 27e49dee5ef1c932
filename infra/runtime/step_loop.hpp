#pragma once

#include "domain/ports/clock.hpp"

#include <chrono>
#include <functional>
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
    bool vital = true;                     ///< while it fails, its process is not ready
};

/// Steps until a stop is requested. This is the one place where a domain::WorldError is caught: it
/// is logged, each kind of it once in ten seconds, waited out, and the step is tried again.
/// Anything else passes through.
void run_until_stopped(
    const Core& core,
    const domain::Clock& clock,
    const std::stop_token& stop,
    const Backoff& backoff = {}
);

/// Sleeps for `time`, or until a stop is requested.
void sleep_unless_stopped(std::chrono::milliseconds time, const std::stop_token& stop);

}  // namespace infra::runtime

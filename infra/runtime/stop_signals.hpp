#pragma once

#include <stop_token>
#include <thread>

namespace infra::runtime {

/// Turns the first SIGTERM or SIGINT into a request to stop; the second ends the process at once.
/// Made before any other thread, since threads inherit which signals are blocked.
class StopSignals {
  public:
    StopSignals();
    ~StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;

    /// Also for whoever wants to stop the process from within.
    std::stop_source source() const { return source_; }

  private:
    std::stop_source source_;
    std::jthread waiter_;
};

}  // namespace infra::runtime

#pragma once

#include <chrono>
#include <stop_token>
#include <thread>

namespace infra::runtime {

/// Ends the process, with exit code 1 and a line in the log, when a stop was requested and this
/// object is still there `limit` later: whatever stands still then does not stop by itself.
class LastResort {
  public:
    LastResort(std::stop_token stop, std::chrono::milliseconds limit);

  private:
    std::jthread waiter_;
};

}  // namespace infra::runtime

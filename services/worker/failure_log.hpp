#pragma once

#include "domain/kernel/repeats.hpp"
#include "domain/ports/clock.hpp"
#include "domain/ports/decider.hpp"

#include <chrono>

namespace services::worker {

/// Tells the operator of commands that failed: the first few of each while one by one, the others
/// by their number.
class FailureLog {
  public:
    explicit FailureLog(const domain::Clock& clock) : clock_(clock) {}

    void failed(const domain::StoredCommand& command, const domain::Failure& failure);

    /// One that is tried again, apart from the others.
    void suspected(const domain::StoredCommand& command, const domain::Failure& failure);

  private:
    const domain::Clock& clock_;
    domain::Repeats failed_{std::chrono::seconds(10), 10};
    domain::Repeats suspected_{std::chrono::seconds(10), 10};
};

}  // namespace services::worker

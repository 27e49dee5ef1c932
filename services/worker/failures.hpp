#pragma once

#include "domain/kernel/repeats.hpp"
#include "domain/ports/clock.hpp"
#include "domain/ports/dead_letters.hpp"
#include "domain/ports/decider.hpp"

#include <chrono>
#include <vector>

namespace services::worker {

/// Tells the operator of commands that failed: each as a dead letter; and in the log the first few
/// of each while one by one, the others by their number.
class Failures {
  public:
    /// Both outlive this.
    Failures(domain::DeadLetters& letters, const domain::Clock& clock)
        : letters_(letters), clock_(clock) {}

    /// `attempts`: how often it was tried, in all.
    void failed(const domain::StoredCommand& command, const domain::Failure& failure, int attempts);

    /// Those since the last call are about to be stored: only an outcome that is known to the
    /// operator may be.
    void explain();

    /// One that is tried again, apart from the others.
    void suspected(const domain::StoredCommand& command, const domain::Failure& failure);

  private:
    domain::DeadLetters& letters_;
    const domain::Clock& clock_;
    std::vector<domain::FailedCommand> failed_since_;
    domain::Repeats failed_{std::chrono::seconds(10), 10};
    domain::Repeats suspected_{std::chrono::seconds(10), 10};
};

}  // namespace services::worker

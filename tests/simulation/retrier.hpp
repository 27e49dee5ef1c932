#pragma once

#include "services/operations/dead_letter_retry.hpp"
#include "tests/simulation/ports.hpp"
#include "tests/simulation/process.hpp"

#include <memory>

namespace simulation {

/// Who sends commands that failed once more. What it does is drawn apart from all else, so that it
/// changes only the runs in which something fails.
class Retrier final : public Process {
  public:
    Retrier(World& world, std::uint64_t seed) : Process(world, "retrier"), random_(seed) {}

    /// Begins now and then, if it may, and goes on with what it has begun.
    void look(bool may_begin);

    bool idle() const { return !retry_; }

  private:
    void start() override;
    void work() override;
    void die() override { retry_.reset(); }

    Random random_;
    Store store_{*this};
    std::unique_ptr<services::operations::DeadLetterRetry> retry_;
};

}  // namespace simulation

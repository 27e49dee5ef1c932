#pragma once

#include "domain/ports/clock.hpp"

#include <atomic>

namespace infra::memory {

/// Time that moves when it is told to. Any thread.
class ManualClock final : public domain::Clock {
  public:
    explicit ManualClock(domain::Timestamp start = {}) : start_(start) {}

    domain::Timestamp now() const override { return start_ + elapsed(); }
    std::chrono::milliseconds elapsed() const override {
        return std::chrono::milliseconds(elapsed_ms_.load());
    }

    void advance(std::chrono::milliseconds time) { elapsed_ms_ += time.count(); }

  private:
    const domain::Timestamp start_;
    std::atomic<std::int64_t> elapsed_ms_ = 0;
};

}  // namespace infra::memory

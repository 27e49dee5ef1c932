#pragma once

#include "domain/ports/clock.hpp"

namespace infra::runtime {

/// The machine's clocks.
class SystemClock final : public domain::Clock {
  public:
    domain::Timestamp now() const override;
    std::chrono::milliseconds elapsed() const override;
};

}  // namespace infra::runtime

#pragma once

#include "domain/ports/history_checker.hpp"
#include "infra/process/child_link.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <variant>

namespace infra::process {

/// Folds in a process, and in another one when that is lost at some stream, which is at fault then.
/// Made, used and destroyed by one thread.
class ChildHistoryChecker final : public domain::HistoryChecker {
  public:
    /// `patience` is how long a process may stay at one piece of a history.
    ChildHistoryChecker(ChildrenSettings settings, std::chrono::milliseconds patience)
        : children_(std::move(settings)), patience_(patience) {}

    void check(
        std::span<const domain::EventEnvelope> events,
        std::span<const domain::Snapshot> kept,
        const domain::TellFound& tell
    ) override;

  private:
    struct Checked {};
    std::variant<Checked, domain::Lost> ask(
        std::span<const domain::EventEnvelope> events,
        std::span<const domain::Snapshot> kept,
        const domain::TellFound& tell
    );

    Children children_;
    std::chrono::milliseconds patience_;
    std::unique_ptr<ChildLink> child_;
    domain::StreamId lost_at_;  ///< the rest of it is passed over
};

}  // namespace infra::process

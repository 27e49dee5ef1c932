#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/history_checker.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace infra::process {

/// Folds in the thread that asks, so in production it lives in a process of its own: see
/// LocalFolder.
class LocalHistoryChecker final : public domain::HistoryChecker {
  public:
    /// `aggregates` outlive this. `under_way` is told before each piece of a history which of the
    /// events it begins with.
    explicit LocalHistoryChecker(
        std::span<const domain::AggregatePtr> aggregates,
        std::function<void(std::size_t)> under_way = [](std::size_t) {}
    );

    void check(
        std::span<const domain::EventEnvelope> events,
        std::span<const domain::Snapshot> kept,
        const domain::TellFound& tell
    ) override;

  private:
    using Piece = std::span<const domain::EventEnvelope>;

    void begin(const domain::StreamId& stream);
    void fold(Piece piece, std::size_t at, const domain::TellFound& tell);
    void compare(const domain::Snapshot& kept, std::size_t at, const domain::TellFound& tell);
    void end(const domain::TellFound& tell);
    std::optional<std::string> fault_of(Piece piece);

    std::span<const domain::AggregatePtr> aggregates_;
    std::function<void(std::size_t)> under_way_;
    // The stream that it is at:
    domain::StreamId stream_;
    const domain::Aggregate* aggregate_ = nullptr;
    domain::Folded state_;
    domain::StreamVersion version_;
    bool at_fault_ = false;
};

}  // namespace infra::process

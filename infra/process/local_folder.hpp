#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/snapshots.hpp"
#include "domain/kernel/states.hpp"
#include "domain/ports/folder.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace infra::process {

/// Folds in the thread that asks: what an aggregate throws is caught, but what aborts or loops
/// takes that thread along. So in production it lives in a process of its own.
class LocalFolder final : public domain::Folder {
  public:
    /// `aggregates` outlive this. `under_way` is told before each piece of a history, and before
    /// its state is shown, written or read.
    LocalFolder(
        std::span<const domain::AggregatePtr> aggregates,
        std::size_t states_max,
        domain::SnapshotPolicy snapshots = {},
        std::function<void()> under_way = [] {}
    );

    domain::FoldAnswer fold(
        const domain::StreamId& stream,
        domain::StreamVersion after,
        std::span<const domain::EventEnvelope> events,
        bool last
    ) override;

    bool restore(const domain::Snapshot& snapshot) override;
    std::vector<domain::TakenSnapshot> snapshots() override { return taker_.taken(); }

    domain::ReadAnswer may_read(const domain::StreamId& stream, const domain::Asked& asked)
        override;

  private:
    /// Null: it is not here.
    const domain::VersionedState* find(const domain::StreamId& stream, domain::StreamVersion at);

    std::span<const domain::AggregatePtr> aggregates_;
    std::function<void()> under_way_;
    domain::StateCache cache_;
    domain::SnapshotTaker taker_;
};

}  // namespace infra::process

#pragma once

#include "infra/process/child_link.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace infra::process {

/// Has a process decide.
class ChildDecider final : public domain::Decider {
  public:
    explicit ChildDecider(std::unique_ptr<ChildLink> child) : child_(std::move(child)) {}

    void begin(
        std::span<const domain::StoredCommand> batch,
        const domain::KeyHolders& held,
        std::chrono::milliseconds patience
    ) override;
    void give(std::span<const domain::EventEnvelope> page, bool last) override;
    void restore(std::span<const domain::Snapshot> snapshots) override;
    domain::Progress wait(std::chrono::milliseconds timeout) override;
    void undo() override;
    std::vector<domain::TakenSnapshot> snapshots() override {
        return std::exchange(snapshots_, {});
    }
    void forget(std::span<const domain::CommandPartition> partitions, std::int32_t of) override;

  private:
    domain::Progress understand(const Frame& frame);
    domain::Lost of_batch(domain::Lost lost) const;

    std::unique_ptr<ChildLink> child_;
    std::size_t batch_size_ = 0;
    std::vector<domain::TakenSnapshot> snapshots_;
};

/// Deciders in processes.
class ChildDeciders final : public domain::Deciders {
  public:
    explicit ChildDeciders(ChildrenSettings settings) : children_(std::move(settings)) {}

    std::unique_ptr<domain::Decider> take() override {
        return std::make_unique<ChildDecider>(children_.take());
    }

  private:
    Children children_;
};

}  // namespace infra::process

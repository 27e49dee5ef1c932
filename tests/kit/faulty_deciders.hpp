#pragma once

#include "domain/ports/clock.hpp"
#include "services/worker/local_decider.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kit {

/// A decider in this thread that is lost at a command named "abort", "loop" or "die-once" (the
/// last only if it is the first of its kind), and at an event of type "deadly"; one named "babble"
/// makes it answer nonsense.
class FaultyDecider final : public domain::Decider {
  public:
    FaultyDecider(
        std::span<const domain::AggregatePtr> aggregates,
        services::worker::LocalDeciderSettings settings,
        const domain::Clock& clock,
        bool& died_once
    )
        : inner_(aggregates, settings), clock_(clock), died_once_(died_once) {}

    void begin(
        std::span<const domain::StoredCommand> batch,
        const domain::KeyHolders& held,
        std::chrono::milliseconds patience
    ) override {
        inner_.begin(batch, held, patience);
        batch_.assign(batch.begin(), batch.end());
        patience_ = patience;
        begun_ = clock_.elapsed();
        decided_.reset();
        deadly_.reset();
    }

    void give(std::span<const domain::EventEnvelope> page, bool last) override {
        const auto deadly = std::ranges::find(page, "deadly", &domain::EventEnvelope::type);
        if (deadly == page.end()) return inner_.give(page, last);
        const auto first = std::ranges::find_if(batch_, [&](const auto& command) {
            return command.command.stream == deadly->stream;
        });
        deadly_ = static_cast<std::size_t>(first - batch_.begin());
    }

    void restore(std::span<const domain::Snapshot> snapshots) override {
        inner_.restore(snapshots);
    }

    domain::Progress wait(std::chrono::milliseconds timeout) override {
        if (deadly_) return domain::Lost{deadly_, true, false, "it aborted"};
        if (!decided_) {
            domain::Progress progress = inner_.wait(timeout);
            if (!std::holds_alternative<domain::Verdicts>(progress)) return progress;
            decided_ = std::get<domain::Verdicts>(std::move(progress));
        }
        if (std::ranges::count(batch_, "babble", [](const auto& c) { return c.command.name; }) >
            0) {
            return domain::Lost{{}, false, false, "it answers nonsense", true};
        }
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            const std::string& name = batch_[i].command.name;
            // One that is not even tried, since it expects another version, does no harm.
            if (std::holds_alternative<domain::Rejection>(decided_->at(i).what)) continue;
            if (name == "abort" || (name == "die-once" && !std::exchange(died_once_, true))) {
                return domain::Lost{i, false, false, "it aborted"};
            }
            if (name != "loop") continue;
            if (clock_.elapsed() + timeout < begun_ + patience_) return domain::Working{};
            return domain::Lost{i, false, true, "no end"};
        }
        return *std::exchange(decided_, std::nullopt);
    }

    void undo() override { inner_.undo(); }
    std::vector<domain::TakenSnapshot> snapshots() override { return inner_.snapshots(); }

    void forget(std::span<const domain::CommandPartition> partitions, std::int32_t of) override {
        inner_.forget(partitions, of);
    }

  private:
    services::worker::LocalDecider inner_;
    const domain::Clock& clock_;
    bool& died_once_;
    std::vector<domain::StoredCommand> batch_;
    std::chrono::milliseconds patience_{};
    std::chrono::milliseconds begun_{};
    std::optional<domain::Verdicts> decided_;
    std::optional<std::size_t> deadly_;
};

/// Any number of them.
class FaultyDeciders final : public domain::Deciders {
  public:
    FaultyDeciders(
        std::span<const domain::AggregatePtr> aggregates,
        services::worker::LocalDeciderSettings settings,
        const domain::Clock& clock
    )
        : aggregates_(aggregates), settings_(settings), clock_(clock) {}

    std::unique_ptr<domain::Decider> take() override {
        ++taken;
        return std::make_unique<FaultyDecider>(aggregates_, settings_, clock_, died_once_);
    }

    int taken = 0;

  private:
    std::span<const domain::AggregatePtr> aggregates_;
    services::worker::LocalDeciderSettings settings_;
    const domain::Clock& clock_;
    bool died_once_ = false;
};

}  // namespace kit

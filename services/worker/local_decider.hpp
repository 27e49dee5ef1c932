#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/snapshots.hpp"
#include "domain/kernel/states.hpp"
#include "domain/ports/decider.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace services::worker {

struct LocalDeciderSettings {
    std::size_t states_max = 100'000;  ///< aggregates kept in memory
    int attempts = 3;                  ///< of a command whose aggregate throws, in all
    domain::ClaimNames claim_names{};
    /// What one command may come to. Whatever it is, it is stored and sent as a whole, while the
    /// commands of others wait.
    std::size_t events_max = 1'000;
    std::size_t events_max_bytes = 2'000'000;  ///< of their data and keys
    std::size_t hearers_max = 100;             ///< of one event
    domain::SnapshotPolicy snapshots{};
    /// Whether a command is rejected that takes a key of another stream. Not where that is another
    /// one's to say.
    bool refuse_taken = true;
};

/// Decides in the thread that waits for it: what it throws is caught, but what aborts or loops
/// takes that thread along. So in production it lives in a process of its own.
class LocalDecider final : public domain::Decider {
  public:
    /// Told before each command and each piece of a history, so that others know what was under
    /// way: an index in the batch, and whether it is a history.
    using UnderWay = std::function<void(std::size_t command, bool folding)>;

    /// `aggregates` outlive this.
    LocalDecider(
        std::span<const domain::AggregatePtr> aggregates,
        LocalDeciderSettings settings,
        UnderWay under_way = [](std::size_t, bool) {}
    );

    void begin(
        std::span<const domain::StoredCommand> batch,
        const domain::KeyHolders& held,
        std::chrono::milliseconds patience
    ) override;
    void give(std::span<const domain::EventEnvelope> page, bool last) override;
    void restore(std::span<const domain::Snapshot> snapshots) override;
    domain::Progress wait(std::chrono::milliseconds timeout) override;
    void undo() override;
    std::vector<domain::TakenSnapshot> snapshots() override { return taker_.taken(); }
    void forget(std::span<const domain::CommandPartition> partitions, std::int32_t of) override;

  private:
    struct InBatch {
        domain::VersionedState state;
        std::size_t first_command = 0;  ///< of the batch that needs it
        std::string unreadable{};       ///< why its history is
        bool lacks_events = false;      ///< between what it has and what it was given
        bool changed = false;           ///< by the batch
    };

    void keep_states();
    void want_again();
    void take_snapshots();
    void fold(InBatch& stream, std::span<const domain::EventEnvelope> events);
    domain::Verdict decide(std::size_t command);
    std::optional<domain::Failure> too_much(const std::vector<domain::NewEvent>& events) const;
    domain::Asked asked(const domain::CommandEnvelope& command, domain::StreamVersion version)
        const;
    domain::Verdict decide_once(const domain::CommandEnvelope& command, InBatch& stream);

    std::span<const domain::AggregatePtr> aggregates_;
    LocalDeciderSettings settings_;
    UnderWay under_way_;
    domain::StateCache cache_;  ///< without what the batch has decided, until the next one begins
    domain::SnapshotTaker taker_;
    std::vector<domain::StoredCommand> batch_;
    domain::KeyHolders keys_;  ///< as the batch has left them so far
    std::unordered_map<domain::StreamId, InBatch, domain::StreamHash> streams_;  ///< of the batch
    domain::Wanted wanted_;
    bool complete_ = false;
    bool decided_ = false;
};

}  // namespace services::worker

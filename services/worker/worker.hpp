#pragma once

#include "domain/kernel/repeats.hpp"
#include "domain/ports/append_notices.hpp"
#include "domain/ports/clock.hpp"
#include "domain/ports/command_attempts.hpp"
#include "domain/ports/decider.hpp"
#include "domain/ports/record_verifier.hpp"
#include "services/worker/failures.hpp"
#include "services/worker/ownership.hpp"
#include "services/worker/quarantine.hpp"
#include "services/worker/strays.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace services::worker {

struct WorkerSettings {
    std::size_t batch_max = 500;       ///< commands decided and appended together
    std::size_t states_max = 100'000;  ///< aggregates kept in memory
    std::size_t page_max = 2'000;      ///< events read at a time to rebuild states
    int attempts = 3;                  ///< of a command that throws, or takes its decider down
    std::chrono::milliseconds patience{20};            ///< then a command is tried apart
    std::chrono::milliseconds decide_timeout{1'000};   ///< and this long
    std::chrono::milliseconds probation{10'000};       ///< a partition stays apart
    std::chrono::milliseconds stray_patience{10'000};  ///< for a build with an unknown category
    std::chrono::milliseconds poll_wait{100};          ///< longest wait for the first record
    std::chrono::milliseconds look_every{1'000};       ///< for records that never came
    std::chrono::milliseconds commit_every{1'000};     ///< offsets to Kafka
    std::chrono::milliseconds prune_every{1'000};      ///< progress that is no longer the newest
};

/// What the worker is made of. All outlive it.
struct WorkerParts {
    domain::Deciders& deciders;        ///< that are there at once
    domain::Deciders& deciders_apart;  ///< for the quarantine, which can wait for one
    domain::RecordConsumer& consumer;
    domain::RecordVerifier& verifier;
    domain::CommandLog& commands;
    domain::EventLog& events;
    domain::SnapshotStore& snapshots;  ///< that nobody waits for when they are saved
    domain::PartitionClaims& claims;
    domain::CommandAttempts& attempts;
    domain::DeadLetters& dead_letters;
    domain::RelayLeases& leases;
    domain::AppendNotifier& notifier;
    const domain::Clock& clock;
};

/// Carries out commands: takes those of its partitions in order, has each decided on the state of
/// its aggregate, and appends the answers of many in one transaction with the progress they make.
/// Any number may run; the consumer group shares the partitions out, and epochs in the store see to
/// it that only the newest owner of each can write. A command that takes down its decider, or takes
/// long, is left to the quarantine with its partition, and the others go on with another decider.
class Worker {
  public:
    /// `categories`: of the aggregates that the deciders have. `generation`: as far as it is known;
    /// the worker follows the store in this.
    Worker(
        WorkerParts parts,
        domain::Topics topics,
        std::vector<std::string> categories,
        const domain::Generation& generation,
        WorkerSettings settings
    );

    /// One batch; false when there was nothing to do (it has then waited in poll). Throws
    /// WorldError when the store is away; the next calls claim the partitions again and go on from
    /// what is done.
    bool step();

    /// It works on every partition that it was given.
    bool owns_all() const { return ownership_.all_claimed(); }

    /// Tells Kafka where to start next time.
    void stop() { commit(); }

  private:
    using Batch = std::vector<domain::StoredCommand>;

    bool work();
    Batch take(std::span<const domain::ConsumedRecord> records);
    std::chrono::milliseconds poll_wait() const;
    void claim();
    bool look();
    bool follow(const domain::Generation& present);
    void apply(Batch batch);
    void pass();
    domain::EventBatch decide(Batch& batch, const domain::KeyHolders& held);
    std::optional<domain::Verdicts>
    try_to_decide(const Batch& batch, const domain::KeyHolders& held);
    void leave_to_quarantine(Batch& batch);
    void save_snapshots(std::span<const domain::EventEnvelope> stored);
    void forget(std::span<const domain::CommandPartition> partitions);
    void commit() { parts_.consumer.commit(ownership_.offsets()); }

    WorkerParts parts_;
    WorkerSettings settings_;
    Ownership ownership_;
    Failures failures_;
    Quarantine quarantine_;
    Strays strays_;
    domain::Repeats fenced_;
    domain::Repeats left_out_;
    domain::Repeats read_anew_;
    domain::Repeats without_snapshot_;
    std::unique_ptr<domain::Decider> decider_;
    int ended_ = 0;  ///< deciders, one after the other, that no command can be blamed for
    bool paused_ = false;
    std::chrono::milliseconds looked_{};
    std::chrono::milliseconds committed_{};
    std::chrono::milliseconds pruned_{};
};

}  // namespace services::worker

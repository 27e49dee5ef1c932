#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/append_notices.hpp"
#include "domain/ports/clock.hpp"
#include "services/worker/ownership.hpp"
#include "services/worker/states.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace services::worker {

struct WorkerSettings {
    std::size_t batch_max = 500;                    ///< commands decided and appended together
    std::size_t states_max = 100'000;               ///< aggregates kept in memory
    std::size_t page_max = 2'000;                   ///< events read at a time to rebuild states
    int attempts = 3;                               ///< of a command whose aggregate throws, in all
    std::chrono::milliseconds poll_wait{100};       ///< longest wait for the first record
    std::chrono::milliseconds look_every{1'000};    ///< for records that never came
    std::chrono::milliseconds commit_every{1'000};  ///< offsets to Kafka
    std::chrono::milliseconds prune_every{10'000};  ///< progress that is no longer the newest
};

/// What the worker is made of. All outlive it.
struct WorkerParts {
    std::span<const domain::AggregatePtr> aggregates;
    domain::RecordConsumer& consumer;
    domain::CommandLog& commands;
    domain::EventLog& events;
    domain::PartitionClaims& claims;
    domain::RelayLeases& leases;
    domain::AppendNotifier& notifier;
    const domain::Clock& clock;
};

/// Carries out commands: takes those of its partitions in order, decides each on the state of its
/// aggregate, and appends the answers of many in one transaction with the progress they make. Any
/// number may run; the consumer group shares the partitions out, and epochs in the store see to it
/// that only the newest owner of each can write.
class Worker {
  public:
    Worker(
        WorkerParts parts,
        domain::Topics topics,
        std::int32_t partitions,
        WorkerSettings settings
    );

    /// One batch; false when there was nothing to do (it has then waited in poll). Throws
    /// WorldError when the store is away; the next calls claim the partitions again and go on from
    /// what is done.
    bool step();

    /// Tells Kafka where to start next time.
    void stop() { commit(); }

  private:
    using Batch = std::vector<domain::StoredCommand>;

    bool work();
    void claim();
    void apply(Batch batch);
    StateMap load(const Batch& batch);
    void load_missing(std::vector<domain::StreamCursor> missing, StateMap& states);
    domain::EventBatch decide(const Batch& batch, StateMap& states);
    void commit() { parts_.consumer.commit(ownership_.offsets()); }

    WorkerParts parts_;
    WorkerSettings settings_;
    Ownership ownership_;
    StateCache cache_;
    std::unordered_map<domain::StreamId, std::string, StreamHash> unreadable_;  ///< and why
    bool paused_ = false;
    std::chrono::milliseconds looked_{};
    std::chrono::milliseconds committed_{};
    std::chrono::milliseconds pruned_{};
};

}  // namespace services::worker

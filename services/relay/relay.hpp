#pragma once

#include "domain/ports/clock.hpp"
#include "domain/ports/record_signer.hpp"
#include "services/relay/feed.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace services::relay {

struct RelaySettings {
    std::string holder;                   ///< who holds the lease: different for every process
    std::size_t batch_max = 1'000;        ///< rows read and sent at a time
    std::size_t busy_rows = 2;            ///< a batch of so many shows that the log is busy: then
    std::chrono::milliseconds gather{5};  ///< the next one begins no sooner than this after it
    std::chrono::milliseconds lease_ttl{5'000};
    std::chrono::milliseconds checkpoint_every{100};
    std::chrono::milliseconds view_every{
        2'000};  ///< how often the broker is asked whether it is the same
    std::chrono::milliseconds flush_wait{100};  ///< longest wait for acknowledgements in one step
};

/// Carries one log to Kafka: reads it in order, gives each record its place in the chain of its
/// partition, signs, sends, waits for the acknowledgement, and notes how far it came. Any number
/// may run; the one with the lease works.
///
/// A batch is under way at a time, and the next is whatever has gathered meanwhile, so a lone row
/// is never held back and a busy log makes its own batches. Between batches a busy log waits a
/// moment: many small ones would take all processors for a fraction of what those can carry.
///
/// Over how many partitions keys are spread it asks the store whenever it takes the lead; whoever
/// changes that ends the lease.
///
/// Restarted, deposed or facing an empty broker it sends again rather than leave out: readers drop
/// repeats by their position.
class Relay {
  public:
    Relay(
        Feed& feed,
        domain::RelayLeases& leases,
        domain::RecordPublisher& publisher,
        domain::RecordSigner& signer,
        const domain::Clock& clock,
        RelaySettings settings
    );

    /// One bounded piece of work; false when there is nothing to do but wait. Throws WorldError
    /// when store or broker fails, and goes on from the last checkpoint at the next call.
    bool step();

    /// Notes how far it came and gives the lease back. The relay may be stepped again afterwards.
    void stop();

    /// How long the next batch still gathers. Until then step() reads nothing.
    std::chrono::milliseconds gathering() const;

    bool leading() const { return lead_.has_value(); }

    /// Another one does: the lease has been refused for longer than a dead one would hold it.
    bool another_leads() const;

  private:
    struct Mark {
        domain::Position position;  ///< of the last record sent
        std::int64_t offset = -1;   ///< where the broker put it; -1: not known
    };
    struct Lead {
        domain::Epoch epoch;
        std::int64_t incarnation = 1;
        std::int64_t generation = 1;
        domain::Position nothing_sent;  ///< the predecessor where there is no mark
        std::string cluster_id;
        domain::Position position;  ///< all up to here is acknowledged
        domain::Position sending;   ///< end of the batch under way; == position when there is none
        domain::Position saved;     ///< the newest checkpoint's position
        std::map<domain::TopicPartition, Mark> marks;
    };

    bool take_lead();
    bool lead_step();
    bool keep_lease();
    void check_cluster();
    void begin_from(
        Lead& lead,
        const domain::RelayCheckpoint& checkpoint,
        const domain::ClusterView& view
    );
    bool send_next();
    Mark& mark_of(const domain::TopicPartition& partition);
    bool settle();
    bool settled() const { return lead_->sending == lead_->position; }
    domain::RelayCheckpoint checkpoint() const;
    void save_checkpoint();
    void step_down();

    Feed& feed_;
    domain::RelayLeases& leases_;
    domain::RecordPublisher& publisher_;
    domain::RecordSigner& signer_;
    const domain::Clock& clock_;
    RelaySettings settings_;
    std::optional<Lead> lead_;
    std::optional<std::chrono::milliseconds> refused_since_;
    std::size_t rows_ = 0;  ///< of the last batch
    std::chrono::milliseconds begun_{};
    std::chrono::milliseconds tried_{-1'000'000};
    std::chrono::milliseconds renewed_{};
    std::chrono::milliseconds viewed_{};
    std::chrono::milliseconds checkpointed_{};
};

}  // namespace services::relay

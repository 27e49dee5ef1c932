#pragma once

#include "domain/kernel/chain.hpp"
#include "domain/kernel/topics.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/partition_claims.hpp"
#include "domain/ports/record_consumer.hpp"
#include "domain/ports/record_verifier.hpp"
#include "domain/ports/relay_leases.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace services::worker {

/// The partitions that the consumer group has given to this worker, and how far each is taken.
///
/// `done` is what the store holds as done; `taken` is how far commands were handed out since;
/// commands up to `target` are known to exist. While taken < target the partition is behind: what
/// lies between is read from the store, and its records, which only repeat it, are dropped.
class Ownership {
  public:
    Ownership(domain::Topics topics, domain::Generation generation)
        : topics_(std::move(topics)), generation_(generation) {}

    /// The partitions mean something else from now on: all are to be claimed anew.
    void begin(const domain::Generation& generation);
    const domain::Generation& generation() const { return generation_; }

    /// Those that no entity falls into, since a topic was made with more than there are, are left
    /// alone.
    void assign(std::span<const domain::TopicPartition> partitions);
    void revoke(std::span<const domain::TopicPartition> partitions);

    /// The partitions that are to be claimed now.
    std::vector<domain::CommandPartition> unclaimed(std::chrono::milliseconds now) const;
    /// `incarnation` is the log's now: records of another one are left out.
    /// What may have been done by the generation before is read from the store, which knows.
    void claimed(std::span<const domain::Claim> claims, std::int64_t incarnation);
    bool of_another_life(std::int64_t incarnation) const;
    std::int64_t incarnation() const { return incarnation_; }
    bool all_claimed() const;
    bool any_behind() const;

    /// Another owner wrote, or the effect of a write is unknown: nothing more of these until they
    /// are claimed again, each time after a longer pause.
    void
    disown(std::span<const domain::CommandPartition> partitions, std::chrono::milliseconds now);
    void disown_all(std::chrono::milliseconds now);

    /// The commands of these records that are next in their partitions. What is not next makes its
    /// partition be behind, or is a repeat. What no relay has written has no effect; `left_out` is
    /// raised by how many those are.
    std::vector<domain::StoredCommand> take(
        std::span<const domain::ConsumedRecord> records,
        domain::RecordVerifier& verifier,
        std::uint64_t& left_out
    );

    /// The commands of this partition are no longer handed out with those of the others: they
    /// begin anew behind what is done.
    void set_apart(const domain::CommandPartition& partition);
    void rejoin(const domain::CommandPartition& partition);
    bool owns(const domain::CommandPartition& partition) const;  ///< and has claimed it

    /// Of a partition that is apart: the commands behind what is done, at most `limit`; and the
    /// progress that they make when they are done up to `to`.
    std::vector<domain::StoredCommand> read_apart(
        const domain::CommandPartition& partition,
        domain::CommandLog& log,
        std::size_t limit
    );
    domain::ProgressMove move_apart(const domain::CommandPartition& partition, domain::Position to)
        const;
    void moved_apart(const domain::ProgressMove& move);

    /// Adds what partitions that are behind lack, from the store, about `limit` commands.
    void
    fill(std::vector<domain::StoredCommand>& batch, domain::CommandLog& log, std::size_t limit);

    /// Compares idle partitions with what the relay says it sent: what was sent by the last look
    /// and has not come by this one was lost on the way.
    void look_for_silence(const domain::RelayCheckpoint& checkpoint);

    std::vector<domain::ProgressMove> moves() const;

    /// The moves are in the store.
    void moved();

    /// The commands of this partition that are still to be done.
    domain::CommandRange range(
        const domain::CommandPartition& partition,
        domain::Position after,
        domain::Position up_to
    ) const;

    /// How far a partition is done with `last`, when the range up to `up_to` held nothing behind
    /// it: the generation before has done the others.
    domain::Position passed(domain::Position last, domain::Position up_to) const {
        return std::max(last, std::min(up_to, generation_.begun));
    }

    /// Has one of these been sent in a generation that is newer than the one that is known here?
    bool any_newer(
        std::span<const domain::ConsumedRecord> records,
        domain::RecordVerifier& verifier
    ) const;

    /// Where Kafka may start reading next time, for what is done.
    std::vector<domain::PartitionOffset> offsets() const;

    domain::CommandPartition partition_of(const domain::StreamId& stream) const;

  private:
    struct Owned {
        domain::CommandPartition id;
        bool claimed = false;
        bool apart = false;
        domain::Epoch epoch;
        domain::Position done;
        domain::Position taken;
        domain::Position target;
        std::int64_t next_offset = -1;
        std::chrono::milliseconds claim_at{};
        std::chrono::milliseconds pause{};
        domain::Position taken_at_look;
        domain::Position sent_at_look;
        bool behind() const { return taken < target; }
        bool lags() const { return claimed && !apart && behind(); }
    };

    void disown(Owned& owned, std::chrono::milliseconds now);
    domain::TopicPartition topic_of(const domain::CommandPartition& partition) const;

    domain::Topics topics_;
    domain::Generation generation_;
    std::int64_t incarnation_ = 0;
    std::set<domain::TopicPartition> assigned_;
    std::map<domain::TopicPartition, Owned> owned_;
};

}  // namespace services::worker

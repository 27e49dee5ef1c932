#pragma once

#include "domain/kernel/record.hpp"
#include "domain/ports/record_consumer.hpp"
#include "domain/ports/record_publisher.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace infra::memory {

/// What a Kafka cluster holds, and its groups. Shared by publishers and consumers, and outlives
/// them. Any thread; never waits. Tests may give it the faults of a real one.
class MemoryBroker {
  public:
    /// A cluster that is unreachable: nothing is read, and what is sent is not acknowledged.
    void set_away(bool away);

    /// The cluster is replaced by an empty one with another id; what its groups committed is gone.
    void wipe();

    /// The last records of a partition are lost, as by an unclean election of its leader.
    void lose_tail(const domain::TopicPartition& partition, std::size_t records);

    /// Somebody deletes a topic, if it is there, and makes it anew with so many partitions. What
    /// groups have committed for it is gone.
    void remake_topic(const std::string& topic, std::int32_t partitions);

    /// The next batches are stored, but whoever sent them is never told.
    void forget_acknowledgements(std::size_t batches);

    // What the adapters call; of the errors of the world, they throw those of their ports.

    void ensure_topics(std::span<const domain::TopicSpec> topics);
    domain::ClusterView view(std::span<const domain::TopicSpec> topics);

    /// Stores the batch and tells where each record went; nothing while the cluster is away.
    std::optional<std::vector<domain::PartitionOffset>> store(std::span<const domain::Record> batch
    );

    struct Fetched {
        std::vector<domain::ConsumedRecord> records;
        std::int64_t next = 0;  ///< what to ask for next
    };
    /// From `offset` on, at most `max`. A place that the partition does not reach is answered from
    /// the beginning.
    Fetched fetch(const domain::TopicPartition& partition, std::int64_t offset, std::size_t max);

    /// All partitions of the topics that are there, with where they end.
    std::vector<domain::PartitionOffset> ends(const std::vector<std::string>& topics);

    using MemberId = std::int64_t;
    MemberId new_member();

    /// One round of rebalancing for one member, which joins if it is not in the group:
    /// what it has to give up, which is free for others from now on, and what it gets, from which
    /// offset on. Nothing while the cluster is away.
    struct Rebalanced {
        std::vector<domain::TopicPartition> revoked;
        std::vector<domain::PartitionOffset> assigned;
    };
    Rebalanced rebalance(
        const std::string& group,
        MemberId member,
        const std::vector<std::string>& topics,
        const std::vector<domain::TopicPartition>& held
    );
    void leave(const std::string& group, MemberId member);
    void commit(const std::string& group, std::span<const domain::PartitionOffset> next);

  private:
    struct Group {
        std::map<MemberId, std::vector<std::string>> members;
        std::map<domain::TopicPartition, MemberId> owners;
        std::map<domain::TopicPartition, std::int64_t> committed;
    };
    using Partition = std::vector<domain::Record>;

    Partition* find(const domain::TopicPartition& partition);
    std::map<domain::TopicPartition, MemberId> shares(const Group& group) const;
    void throw_if_away() const;

    std::mutex mutex_;
    bool away_ = false;
    std::size_t forgetting_ = 0;
    std::int64_t cluster_ = 1;
    MemberId last_member_ = 0;
    std::map<std::string, std::vector<Partition>> topics_;
    std::map<std::string, Group> groups_;
};

}  // namespace infra::memory

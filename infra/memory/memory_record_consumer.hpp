#pragma once

#include "domain/ports/tail_consumer.hpp"
#include "infra/memory/memory_broker.hpp"

#include <set>

namespace infra::memory {

/// poll() never waits, whatever its time-out.
class MemoryRecordConsumer final : public domain::TailConsumer {
  public:
    /// A member of a group, from where the group has committed, else from the beginning.
    MemoryRecordConsumer(MemoryBroker& broker, std::vector<std::string> topics, std::string group);

    /// By itself, what it is told to follow.
    explicit MemoryRecordConsumer(MemoryBroker& broker);

    ~MemoryRecordConsumer() override;
    MemoryRecordConsumer(const MemoryRecordConsumer&) = delete;
    MemoryRecordConsumer& operator=(const MemoryRecordConsumer&) = delete;

    void follow(std::vector<domain::TopicPartition> partitions) override;
    domain::Polled poll(std::size_t max, std::chrono::milliseconds timeout) override;
    void pause() override { paused_ = true; }
    void resume() override { paused_ = false; }
    void commit(std::span<const domain::PartitionOffset> next) override;

    /// The group takes this member, which has not polled for too long, for dead; the member itself
    /// notices at its next poll.
    void expire();

  private:
    void rebalance(domain::Polled& polled);
    void follow_tails(domain::Polled& polled);
    void fetch(domain::Polled& polled, std::size_t max);

    MemoryBroker& broker_;
    std::vector<std::string> topics_;
    const std::string group_;                    ///< empty: by itself,
    std::set<domain::TopicPartition> followed_;  ///< these
    const MemoryBroker::MemberId member_;
    bool paused_ = false;
    std::map<domain::TopicPartition, std::int64_t> next_;  ///< offsets, of all that is assigned
    domain::TopicPartition served_;                        ///< the partition fetched from last
};

}  // namespace infra::memory

#pragma once

#include "infra/memory/memory_broker.hpp"

namespace infra::memory {

/// poll() never waits, whatever its time-out.
class MemoryRecordConsumer final : public domain::RecordConsumer {
  public:
    /// A member of a group, from where the group has committed, else from the beginning.
    MemoryRecordConsumer(MemoryBroker& broker, std::vector<std::string> topics, std::string group);

    /// By itself: every partition, from where it ends when it is first seen.
    MemoryRecordConsumer(MemoryBroker& broker, std::vector<std::string> topics);

    ~MemoryRecordConsumer() override;
    MemoryRecordConsumer(const MemoryRecordConsumer&) = delete;
    MemoryRecordConsumer& operator=(const MemoryRecordConsumer&) = delete;

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
    const std::vector<std::string> topics_;
    const std::string group_;  ///< empty: by itself
    const MemoryBroker::MemberId member_;
    bool paused_ = false;
    std::map<domain::TopicPartition, std::int64_t> next_;  ///< offsets, of all that is assigned
    domain::TopicPartition served_;                        ///< the partition fetched from last
};

}  // namespace infra::memory

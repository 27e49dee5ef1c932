#pragma once

#include "infra/memory/memory_broker.hpp"

namespace infra::memory {

/// Records reach the broker in flush().
class MemoryRecordPublisher final : public domain::RecordPublisher {
  public:
    explicit MemoryRecordPublisher(MemoryBroker& broker) : broker_(broker) {}

    void ensure_topics(std::span<const domain::TopicSpec> topics) override;
    std::int32_t partitions(const std::string& topic) override;
    domain::ClusterView view(std::span<const domain::TopicSpec> topics) override;
    void send(std::span<const domain::Record> batch) override;
    bool flush(std::chrono::milliseconds timeout) override;  ///< does not wait
    std::vector<domain::PartitionOffset> acknowledged() const override;
    void abandon() override;

  private:
    MemoryBroker& broker_;
    std::vector<domain::Record> under_way_;
    bool broken_ = false;
    std::map<domain::TopicPartition, std::int64_t> acknowledged_;
};

}  // namespace infra::memory

#include "infra/memory/memory_record_publisher.hpp"

#include "domain/kernel/error.hpp"

namespace infra::memory {

void MemoryRecordPublisher::ensure_topics(std::span<const domain::TopicSpec> topics) {
    broker_.ensure_topics(topics);
}

std::int32_t MemoryRecordPublisher::partitions(const std::string& topic) {
    return static_cast<std::int32_t>(broker_.ends({topic}).size());
}

domain::ClusterView MemoryRecordPublisher::view(std::span<const domain::TopicSpec> topics) {
    return broker_.view(topics);
}

void MemoryRecordPublisher::send(std::span<const domain::Record> batch) {
    under_way_.insert(under_way_.end(), batch.begin(), batch.end());
}

bool MemoryRecordPublisher::flush(std::chrono::milliseconds) {
    if (broken_) throw domain::WorldError("this producer cannot go on");
    broken_ = true;  // unless the broker answers
    auto stored = broker_.store(under_way_);
    broken_ = false;
    if (!stored) return under_way_.empty();
    under_way_.clear();
    for (const auto& [partition, offset] : *stored) acknowledged_[partition] = offset;
    return true;
}

std::vector<domain::PartitionOffset> MemoryRecordPublisher::acknowledged() const {
    std::vector<domain::PartitionOffset> all;
    for (const auto& [partition, offset] : acknowledged_) all.push_back({partition, offset});
    return all;
}

void MemoryRecordPublisher::abandon() {
    under_way_.clear();
    acknowledged_.clear();
    broken_ = false;
}

}  // namespace infra::memory

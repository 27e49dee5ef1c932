#include "infra/memory/memory_record_consumer.hpp"

#include <algorithm>
#include <iterator>

namespace infra::memory {

MemoryRecordConsumer::MemoryRecordConsumer(
    MemoryBroker& broker,
    std::vector<std::string> topics,
    std::string group
)
    : broker_(broker),
      topics_(std::move(topics)),
      group_(std::move(group)),
      member_(broker.new_member()) {}

MemoryRecordConsumer::MemoryRecordConsumer(MemoryBroker& broker)
    : MemoryRecordConsumer(broker, {}, "") {}

MemoryRecordConsumer::~MemoryRecordConsumer() { expire(); }

void MemoryRecordConsumer::follow(std::vector<domain::TopicPartition> partitions) {
    followed_ = {partitions.begin(), partitions.end()};
    topics_.clear();
    for (const auto& [topic, partition] : followed_) {
        if (topics_.empty() || topics_.back() != topic) topics_.push_back(topic);
    }
    std::erase_if(next_, [this](const auto& next) { return !followed_.contains(next.first); });
}

domain::Polled MemoryRecordConsumer::poll(std::size_t max, std::chrono::milliseconds) {
    domain::Polled polled;
    if (group_.empty())
        follow_tails(polled);
    else
        rebalance(polled);
    if (!paused_) fetch(polled, max);
    return polled;
}

void MemoryRecordConsumer::commit(std::span<const domain::PartitionOffset> next) {
    broker_.commit(group_, next);
}

void MemoryRecordConsumer::expire() { broker_.leave(group_, member_); }

void MemoryRecordConsumer::rebalance(domain::Polled& polled) {
    std::vector<domain::TopicPartition> held;
    for (const auto& [partition, offset] : next_) held.push_back(partition);
    auto [revoked, assigned] = broker_.rebalance(group_, member_, topics_, held);
    for (const auto& partition : revoked) next_.erase(partition);
    for (const auto& [partition, offset] : assigned) {
        next_[partition] = offset;
        polled.assigned.push_back(partition);
    }
    polled.revoked = std::move(revoked);
}

void MemoryRecordConsumer::follow_tails(domain::Polled& polled) {
    for (const auto& [partition, end] : broker_.ends(topics_)) {
        if (followed_.contains(partition) && next_.try_emplace(partition, end).second)
            polled.assigned.push_back(partition);
    }
}

/// Each partition in its turn, beginning behind the one that was served last, so that a full one
/// does not keep the others waiting.
void MemoryRecordConsumer::fetch(domain::Polled& polled, std::size_t max) {
    auto turn = next_.upper_bound(served_);
    for (std::size_t turns = next_.size(); turns > 0 && polled.records.size() < max; --turns) {
        if (turn == next_.end()) turn = next_.begin();
        auto& [partition, offset] = *turn++;
        auto fetched = broker_.fetch(partition, offset, max - polled.records.size());
        offset = fetched.next;
        if (!fetched.records.empty()) served_ = partition;
        std::ranges::move(fetched.records, std::back_inserter(polled.records));
    }
}

}  // namespace infra::memory

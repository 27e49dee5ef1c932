#include "gateway/sse/hub.hpp"

#include "domain/kernel/topics.hpp"

#include <algorithm>
#include <utility>

namespace gateway::sse {

Hub::Hub(std::int32_t partitions, std::size_t topics)
    : count_(partitions),
      topics_(topics),
      partitions_(static_cast<std::size_t>(partitions) * topics) {}

Hub::Partition& Hub::at(const FeedPartition& partition) {
    const auto before = partition.topic * static_cast<std::size_t>(count_);
    return partitions_.at(before + static_cast<std::size_t>(partition.partition));
}

Hub::Partition& Hub::partition_of(const HubKey& key) {
    return at({domain::partition_of(key.text, count_), key.topic});
}

const Hub::Partition& Hub::partition_of(const HubKey& key) const {
    return const_cast<Hub*>(this)->partition_of(key);
}

void Hub::add(const HubKey& key, Listener& listener) {
    partition_of(key).keys[key.text].push_back(&listener);
    ++counters_.connections;
}

void Hub::remove(const HubKey& key, Listener& listener) {
    auto& keys = partition_of(key).keys;
    const auto found = keys.find(key.text);
    if (found == keys.end()) return;
    counters_.connections -= std::erase(found->second, &listener);
    if (found->second.empty()) keys.erase(found);
}

domain::Position Hub::position(const HubKey& key) const { return partition_of(key).taken; }

std::size_t Hub::connections(const HubKey& key) const {
    const auto& keys = partition_of(key).keys;
    const auto found = keys.find(key.text);
    return found == keys.end() ? 0 : found->second.size();
}

FeedPartition Hub::number_of(std::size_t index) const {
    const auto count = static_cast<std::size_t>(count_);
    return {static_cast<std::int32_t>(index % count), index / count};
}

std::vector<FeedPartition> Hub::listened() const {
    std::vector<FeedPartition> listened;
    for (std::size_t i = 0; i < partitions_.size(); ++i) {
        if (!partitions_[i].keys.empty()) listened.push_back(number_of(i));
    }
    return listened;
}

std::vector<FeedPartition> Hub::all() const {
    std::vector<FeedPartition> all;
    for (std::size_t i = 0; i < partitions_.size(); ++i) all.push_back(number_of(i));
    return all;
}

/// Each listener finds its place in the new partitions. What any of the old ones had reached, the
/// store holds, so that is where they all stand until the feed begins them.
void Hub::spread_over(std::int32_t partitions) {
    auto old = std::exchange(
        partitions_, std::vector<Partition>(static_cast<std::size_t>(partitions) * topics_)
    );
    std::vector<std::pair<HubKey, std::vector<Listener*>>> listeners;
    domain::Position reached;
    for (std::size_t i = 0; i < old.size(); ++i) {
        reached = std::max(reached, old[i].taken);
        for (auto& [key, of_key] : old[i].keys)
            listeners.emplace_back(HubKey{key, number_of(i).topic}, std::move(of_key));
    }
    count_ = partitions;
    for (auto& [key, of_key] : listeners) partition_of(key).keys[key.text] = std::move(of_key);
    for (Partition& partition : partitions_) miss(partition, reached);
}

void Hub::take(const FeedBatch& batch) {
    if (batch.partitions) spread_over(*batch.partitions);
    for (const FeedMark& mark : batch.starts) start(mark);
    for (const FeedMark& mark : batch.unread) miss(at(mark.partition), mark.position);
    if (batch.head) {
        head_ = *batch.head;
        ++heads_;
    }
    for (const FeedRecord& record : batch.records) take(record);
    for (const FeedMark& mark : batch.marks) check(mark);
    counters_.foreign += batch.foreign;
    counters_.malformed += batch.malformed;
    counters_.forged += batch.forged;
}

void Hub::start(const FeedMark& start) {
    Partition& partition = at(start.partition);
    partition.mark = {};
    miss(partition, start.position);
}

void Hub::take(const FeedRecord& record) {
    if (!record.link) {
        ++counters_.notifications;
        deliver({record.key, record.partition.topic}, record.frame);
        return;
    }
    Partition& partition = at(record.partition);
    switch (domain::chain_step(partition.taken, *record.link)) {
        case domain::ChainStep::repeat:
            ++counters_.repeats;
            break;
        case domain::ChainStep::next:
            ++counters_.taken;
            partition.taken = record.link->position;
            deliver({record.key, record.partition.topic}, record.frame);
            for (const std::string& key : record.others)
                deliver({key, record.partition.topic}, record.frame);
            break;
        case domain::ChainStep::gap:
            ++counters_.gaps;
            miss(partition, record.link->position);
            break;
    }
}

/// A record that the relay had sent by the check before and that has not come until this one is
/// lost or late. Waiting for a record behind it would leave its listeners without it in the
/// meantime.
void Hub::check(const FeedMark& mark) {
    Partition& partition = at(mark.partition);
    if (partition.mark > partition.taken) {
        ++counters_.silences;
        miss(partition, partition.mark);
    }
    partition.mark = mark.position;
}

void Hub::deliver(const HubKey& key, const Frame& frame) {
    auto& keys = partition_of(key).keys;
    const auto found = keys.find(key.text);
    if (found == keys.end()) return;
    for (Listener* listener : found->second) {
        if (!listener->live(frame)) ++counters_.overflows;
    }
}

void Hub::miss(Partition& partition, domain::Position up_to) {
    partition.taken = up_to;
    for (auto& [key, listeners] : partition.keys) {
        for (Listener* listener : listeners) listener->behind();
    }
}

}  // namespace gateway::sse

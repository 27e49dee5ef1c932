#include "infra/memory/memory_broker.hpp"

#include "domain/kernel/error.hpp"

#include <algorithm>

namespace infra::memory {

using domain::PartitionOffset;
using domain::TopicPartition;

void MemoryBroker::set_away(bool away) {
    std::lock_guard lock(mutex_);
    away_ = away;
}

void MemoryBroker::wipe() {
    std::lock_guard lock(mutex_);
    ++cluster_;
    topics_.clear();
    groups_.clear();
}

void MemoryBroker::lose_tail(const TopicPartition& partition, std::size_t records) {
    std::lock_guard lock(mutex_);
    if (Partition* found = find(partition))
        found->resize(found->size() - std::min(records, found->size()));
}

void MemoryBroker::remake_topic(const std::string& topic, std::int32_t partitions) {
    std::lock_guard lock(mutex_);
    if (!topics_.contains(topic)) return;
    topics_[topic] = std::vector<Partition>(static_cast<std::size_t>(partitions));
    for (auto& [name, group] : groups_)
        std::erase_if(group.committed, [&](const auto& of) { return of.first.topic == topic; });
}

void MemoryBroker::forget_acknowledgements(std::size_t batches) {
    std::lock_guard lock(mutex_);
    forgetting_ = batches;
}

void MemoryBroker::ensure_topics(std::span<const domain::TopicSpec> topics) {
    std::lock_guard lock(mutex_);
    throw_if_away();
    for (const auto& [topic, partitions] : topics) {
        auto wanted = static_cast<std::size_t>(partitions);
        auto& there = topics_.try_emplace(topic, wanted).first->second;
        if (there.size() < wanted) there.resize(wanted);
    }
}

domain::ClusterView MemoryBroker::view(std::span<const domain::TopicSpec> topics) {
    std::vector<std::string> names;
    for (const auto& spec : topics) names.push_back(spec.topic);
    auto found = ends(names);
    std::lock_guard lock(mutex_);
    throw_if_away();
    return {"memory-" + std::to_string(cluster_), std::move(found)};
}

std::optional<std::vector<PartitionOffset>> MemoryBroker::store(
    std::span<const domain::Record> batch
) {
    std::lock_guard lock(mutex_);
    if (away_) return std::nullopt;
    for (const auto& record : batch)
        if (!find(record.target))
            throw domain::WorldError("there is no such partition of " + record.target.topic);
    std::vector<PartitionOffset> places;
    for (const auto& record : batch) {
        Partition& partition = *find(record.target);
        places.push_back({record.target, static_cast<std::int64_t>(partition.size())});
        partition.push_back(record);
    }
    if (forgetting_ > 0) {
        --forgetting_;
        throw domain::WorldError("the memory broker was told to forget an acknowledgement");
    }
    return places;
}

MemoryBroker::Fetched
MemoryBroker::fetch(const TopicPartition& partition, std::int64_t offset, std::size_t max) {
    std::lock_guard lock(mutex_);
    const Partition* found = away_ ? nullptr : find(partition);
    if (!found) return {{}, offset};
    Fetched fetched;
    auto begin =
        static_cast<std::size_t>(offset) > found->size() ? 0 : static_cast<std::size_t>(offset);
    auto end = begin + std::min(max, found->size() - begin);
    for (auto i = begin; i < end; ++i)
        fetched.records.push_back({static_cast<std::int64_t>(i), (*found)[i]});
    fetched.next = static_cast<std::int64_t>(end);
    return fetched;
}

std::vector<PartitionOffset> MemoryBroker::ends(const std::vector<std::string>& topics) {
    std::lock_guard lock(mutex_);
    std::vector<PartitionOffset> ends;
    if (away_) return ends;
    for (const auto& topic : topics) {
        auto found = topics_.find(topic);
        if (found == topics_.end()) continue;
        for (std::size_t p = 0; p < found->second.size(); ++p)
            ends.push_back(
                {{topic, static_cast<std::int32_t>(p)},
                 static_cast<std::int64_t>(found->second[p].size())}
            );
    }
    return ends;
}

MemoryBroker::MemberId MemoryBroker::new_member() {
    std::lock_guard lock(mutex_);
    return ++last_member_;
}

MemoryBroker::Rebalanced MemoryBroker::rebalance(
    const std::string& group,
    MemberId member,
    const std::vector<std::string>& topics,
    const std::vector<TopicPartition>& held
) {
    std::lock_guard lock(mutex_);
    if (away_) return {};
    Group& own = groups_[group];
    own.members[member] = topics;
    auto share = shares(own);

    Rebalanced rebalanced;
    for (const auto& partition : held) {
        auto owner = own.owners.find(partition);
        bool is_owner = owner != own.owners.end() && owner->second == member;
        if (is_owner && share[partition] == member) continue;
        if (is_owner) own.owners.erase(owner);
        rebalanced.revoked.push_back(partition);
    }
    for (const auto& [partition, sharer] : share) {
        if (sharer == member && own.owners.try_emplace(partition, member).second)
            rebalanced.assigned.push_back({partition, own.committed[partition]});
    }
    return rebalanced;
}

void MemoryBroker::leave(const std::string& group, MemberId member) {
    std::lock_guard lock(mutex_);
    Group& own = groups_[group];
    own.members.erase(member);
    std::erase_if(own.owners, [&](const auto& owner) { return owner.second == member; });
}

void MemoryBroker::commit(const std::string& group, std::span<const PartitionOffset> next) {
    std::lock_guard lock(mutex_);
    if (away_) return;
    for (const auto& [partition, offset] : next) groups_[group].committed[partition] = offset;
}

MemoryBroker::Partition* MemoryBroker::find(const TopicPartition& partition) {
    auto topic = topics_.find(partition.topic);
    auto index = static_cast<std::size_t>(partition.partition);
    if (topic == topics_.end() || index >= topic->second.size()) return nullptr;
    return &topic->second[index];
}

/// Who is to own what: the partitions of each topic dealt out among the members that want it.
std::map<TopicPartition, MemoryBroker::MemberId> MemoryBroker::shares(const Group& group) const {
    std::map<TopicPartition, MemberId> shares;
    for (const auto& [topic, partitions] : topics_) {
        std::vector<MemberId> wanting;
        for (const auto& [member, wanted] : group.members)
            if (std::ranges::find(wanted, topic) != wanted.end()) wanting.push_back(member);
        if (wanting.empty()) continue;
        for (std::size_t p = 0; p < partitions.size(); ++p)
            shares[{topic, static_cast<std::int32_t>(p)}] = wanting[p % wanting.size()];
    }
    return shares;
}

void MemoryBroker::throw_if_away() const {
    if (away_) throw domain::WorldError("the memory broker is away");
}

}  // namespace infra::memory

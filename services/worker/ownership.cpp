#include "services/worker/ownership.hpp"

#include <algorithm>

namespace services::worker {
namespace {

// Two workers that both believe they own a partition take turns at fencing each other; the pause
// lets one of them finish something in between until Kafka has told the other.
constexpr std::chrono::milliseconds pause_min{100};
constexpr std::chrono::milliseconds pause_max{5'000};

}  // namespace

domain::TopicPartition Ownership::topic_of(const domain::CommandPartition& partition) const {
    return {topics_.commands(partition.category), partition.partition};
}

domain::CommandPartition Ownership::partition_of(const domain::StreamId& stream) const {
    return {stream.category, domain::partition_of(stream.entity, generation_.partitions)};
}

void Ownership::begin(const domain::Generation& generation) {
    generation_ = generation;
    owned_.clear();
    assign(std::vector(assigned_.begin(), assigned_.end()));
}

void Ownership::assign(std::span<const domain::TopicPartition> partitions) {
    assigned_.insert(partitions.begin(), partitions.end());
    for (const auto& partition : partitions) {
        const auto category = topics_.category_of_commands(partition.topic);
        if (!category || partition.partition >= generation_.partitions) continue;
        Owned& owned = owned_[partition] = {};
        owned.id = {std::string(*category), partition.partition};
    }
}

void Ownership::revoke(std::span<const domain::TopicPartition> partitions) {
    for (const auto& partition : partitions) {
        assigned_.erase(partition);
        owned_.erase(partition);
    }
}

std::vector<domain::CommandPartition> Ownership::unclaimed(std::chrono::milliseconds now) const {
    std::vector<domain::CommandPartition> due;
    for (const auto& [partition, owned] : owned_) {
        if (!owned.claimed && owned.claim_at <= now) due.push_back(owned.id);
    }
    return due;
}

void Ownership::claimed(std::span<const domain::Claim> claims, std::int64_t incarnation) {
    incarnation_ = incarnation;
    for (const auto& claim : claims) {
        Owned& owned = owned_.at(topic_of(claim.partition));
        owned.claimed = true;
        owned.epoch = claim.epoch;
        owned.done = owned.taken = claim.done;
        // What the generation before has left is read first: until then, records are only hints.
        owned.target = std::max({owned.target, claim.done, generation_.begun});
    }
}

bool Ownership::of_another_life(std::int64_t incarnation) const {
    return incarnation_ != 0 && incarnation != incarnation_;
}

bool Ownership::all_claimed() const {
    return std::all_of(owned_.begin(), owned_.end(), [](const auto& entry) {
        return entry.second.claimed;
    });
}

bool Ownership::any_behind() const {
    return std::any_of(owned_.begin(), owned_.end(), [](const auto& entry) {
        return entry.second.lags();
    });
}

void Ownership::disown(Owned& owned, std::chrono::milliseconds now) {
    owned.claimed = false;
    owned.target = std::max(owned.target, owned.taken);  // handed out, perhaps for nothing
    owned.pause = std::clamp(owned.pause * 2, pause_min, pause_max);
    owned.claim_at = now + owned.pause;
}

void Ownership::disown(
    std::span<const domain::CommandPartition> partitions,
    std::chrono::milliseconds now
) {
    for (const auto& partition : partitions) disown(owned_.at(topic_of(partition)), now);
}

void Ownership::disown_all(std::chrono::milliseconds now) {
    for (auto& [partition, owned] : owned_) disown(owned, now);
}

std::vector<domain::StoredCommand> Ownership::take(
    std::span<const domain::ConsumedRecord> records,
    domain::RecordVerifier& verifier,
    std::uint64_t& left_out
) {
    std::vector<domain::StoredCommand> next;
    for (const auto& [offset, record] : records) {
        const auto found = owned_.find(record.target);
        if (found == owned_.end()) continue;
        Owned& owned = found->second;
        owned.next_offset = offset + 1;
        const bool genuine = verifier.genuine(record);
        const auto link = genuine ? domain::link_of(record) : std::nullopt;
        auto command = genuine ? domain::command_of(record) : std::nullopt;
        if (!link || !command) {
            ++left_out;
            continue;
        }
        if (owned.claimed && link->incarnation != incarnation_) continue;
        if (link->generation != generation_.number) continue;
        if (!owned.claimed || owned.apart || owned.behind() ||
            domain::chain_step(owned.taken, *link) == domain::ChainStep::gap) {
            owned.target = std::max(owned.target, link->position);
        } else if (link->position > owned.taken) {
            owned.taken = owned.target = link->position;
            next.push_back(std::move(*command));
        }
    }
    return next;
}

void Ownership::set_apart(const domain::CommandPartition& partition) {
    const auto found = owned_.find(topic_of(partition));
    if (found == owned_.end()) return;
    Owned& owned = found->second;
    owned.apart = true;
    owned.target = std::max(owned.target, owned.taken);  // handed out for nothing
    owned.taken = owned.done;
}

void Ownership::rejoin(const domain::CommandPartition& partition) {
    const auto found = owned_.find(topic_of(partition));
    if (found == owned_.end()) return;
    Owned& owned = found->second;
    owned.apart = false;
    owned.target = std::max(owned.target, generation_.begun);
}

bool Ownership::owns(const domain::CommandPartition& partition) const {
    const auto found = owned_.find(topic_of(partition));
    return found != owned_.end() && found->second.claimed;
}

std::vector<domain::StoredCommand> Ownership::read_apart(
    const domain::CommandPartition& partition,
    domain::CommandLog& log,
    std::size_t limit
) {
    Owned& owned = owned_.at(topic_of(partition));
    if (!owned.behind()) return {};
    auto missing = log.read_range(range(partition, owned.done, owned.target), limit);
    if (missing.empty()) owned.target = owned.taken;  // as in fill()
    return missing;
}

domain::ProgressMove
Ownership::move_apart(const domain::CommandPartition& partition, domain::Position to) const {
    const Owned& owned = owned_.at(topic_of(partition));
    return {partition, owned.epoch, owned.done, to};
}

void Ownership::moved_apart(const domain::ProgressMove& move) {
    Owned& owned = owned_.at(topic_of(move.partition));
    owned.done = owned.taken = move.to;
    owned.pause = {};
}

void Ownership::fill(
    std::vector<domain::StoredCommand>& batch,
    domain::CommandLog& log,
    std::size_t limit
) {
    for (auto& [partition, owned] : owned_) {
        if (!owned.lags() || batch.size() >= limit) continue;
        auto missing = log.read_range(range(owned.id, owned.taken, owned.target), limit);
        if (!missing.empty()) owned.taken = missing.back().position;
        // What the store does not have is not waited for, and never counts as taken.
        if (missing.size() < limit) {
            owned.target = owned.taken = passed(owned.taken, owned.target);
        }
        std::move(missing.begin(), missing.end(), std::back_inserter(batch));
    }
}

void Ownership::look_for_silence(const domain::RelayCheckpoint& checkpoint) {
    for (const auto& mark : checkpoint.marks) {
        const auto found = owned_.find(mark.partition);
        if (found == owned_.end() || !found->second.claimed) continue;
        Owned& owned = found->second;
        if (owned.taken == owned.taken_at_look) {
            owned.target = std::max(owned.target, owned.sent_at_look);
        }
        owned.taken_at_look = owned.taken;
        owned.sent_at_look = mark.position;
    }
}

std::vector<domain::ProgressMove> Ownership::moves() const {
    std::vector<domain::ProgressMove> all;
    for (const auto& [partition, owned] : owned_) {
        if (owned.claimed && owned.done < owned.taken) {
            all.push_back({owned.id, owned.epoch, owned.done, owned.taken});
        }
    }
    return all;
}

void Ownership::moved() {
    for (auto& [partition, owned] : owned_) {
        if (!owned.claimed || owned.done == owned.taken) continue;
        owned.done = owned.taken;
        owned.pause = {};
    }
}

bool Ownership::any_newer(
    std::span<const domain::ConsumedRecord> records,
    domain::RecordVerifier& verifier
) const {
    return std::ranges::any_of(records, [&](const domain::ConsumedRecord& consumed) {
        const auto link = domain::link_of(consumed.record);
        return link && link->incarnation == incarnation_ && link->generation > generation_.number &&
               verifier.genuine(consumed.record);
    });
}

domain::CommandRange Ownership::range(
    const domain::CommandPartition& partition,
    domain::Position after,
    domain::Position up_to
) const {
    return {
        partition.category,
        partition.partition,
        generation_.partitions,
        after,
        up_to,
        generation_.begun};
}

std::vector<domain::PartitionOffset> Ownership::offsets() const {
    std::vector<domain::PartitionOffset> next;
    for (const auto& [partition, owned] : owned_) {
        if (owned.claimed && !owned.behind() && owned.next_offset >= 0) {
            next.push_back({partition, owned.next_offset});
        }
    }
    return next;
}

}  // namespace services::worker

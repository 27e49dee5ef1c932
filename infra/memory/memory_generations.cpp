#include "infra/memory/memory_generations.hpp"

#include "domain/kernel/topics.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace infra::memory {
namespace {

using domain::CommandPartition;
using domain::Position;

/// What is still to be done of a partition.
struct Open {
    Position first;
    std::optional<Position> last_sent;
};

/// All up to here is done.
Position oldest_open(const Tables& tables, const domain::NextGeneration& next) {
    const auto lease = tables.leases.find(domain::Log::commands);
    if (lease == tables.leases.end()) return {};
    Position oldest = lease->second.checkpoint.position;
    for (const auto& mark : lease->second.checkpoint.marks) {
        const CommandPartition partition{
            mark.partition.topic.substr(next.command_topics.size()), mark.partition.partition};
        const auto claim = tables.claims.find(partition);
        const Position done = claim == tables.claims.end() ? Position{} : claim->second.done;
        if (done < mark.position) oldest = std::min(oldest, done);
    }
    return oldest;
}

std::map<CommandPartition, Open>
open_commands(const Tables& tables, Position after, std::int32_t partitions, Position sent) {
    std::set<Position> answered;
    for (const auto& event : tables.events) answered.insert(event.command_position);
    std::map<CommandPartition, Open> open;
    for (auto i = static_cast<std::size_t>(after.value); i < tables.commands.size(); ++i) {
        const auto& [position, command] = tables.commands[i].stored;
        if (answered.contains(position)) continue;
        const CommandPartition partition{
            command.stream.category, domain::partition_of(command.stream.entity, partitions)};
        Open& its = open.try_emplace(partition, Open{position, {}}).first->second;
        if (position <= sent) its.last_sent = position;
    }
    return open;
}

void claim_anew(
    Tables& tables,
    const std::map<CommandPartition, Open>& open,
    std::int32_t partitions,
    Position head
) {
    domain::Epoch newest;
    std::set<std::string> categories;
    for (const auto& [partition, claim] : tables.claims) {
        newest = std::max(newest, claim.epoch);
        categories.insert(partition.category);
    }
    ++newest.value;
    for (const auto& [partition, its] : open) categories.insert(partition.category);
    for (auto& [partition, claim] : tables.claims) claim.epoch = newest;
    for (const std::string& category : categories) {
        for (std::int32_t number = 0; number < partitions; ++number) {
            const CommandPartition partition{category, number};
            const auto its = open.find(partition);
            const Position done = its == open.end() ? head : Position{its->second.first.value - 1};
            tables.claims[partition] = {partition, newest, done};
        }
    }
}

}  // namespace

std::int32_t MemoryGenerations::fix(std::int32_t partitions) {
    return store_.write([&](Tables& tables) {
        auto& fixed = tables.generation.partitions;
        if (fixed == 0) fixed = partitions;
        return fixed;
    });
}

domain::Generation MemoryGenerations::present() {
    return store_.read([](const Tables& tables) { return tables.generation; });
}

MemoryGenerations::Begun MemoryGenerations::begin(const domain::NextGeneration& next) {
    return store_.write([&](Tables& tables) {
        domain::Generation& present = tables.generation;
        if (present.number != next.after || present.partitions == 0) return Begun::another;
        const Position head{static_cast<std::int64_t>(tables.commands.size())};
        const Position oldest = oldest_open(tables, next);
        if (head.value - oldest.value > next.reach_max) return Begun::behind;
        auto& sent = tables.leases[domain::Log::commands].checkpoint;
        const auto open = open_commands(tables, oldest, next.partitions, sent.position);
        claim_anew(tables, open, next.partitions, head);
        for (auto& [log, lease] : tables.leases) {
            lease.checkpoint.marks.clear();
            ++lease.epoch.value;
            lease.holder.clear();
        }
        for (const auto& [partition, its] : open) {
            if (!its.last_sent) continue;
            sent.marks.push_back(
                {{next.command_topics + partition.category, partition.partition}, *its.last_sent}
            );
        }
        present = {present.number + 1, next.partitions, head};
        return Begun::begun;
    });
}

}  // namespace infra::memory

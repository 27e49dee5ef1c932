#include "services/operations/status.hpp"

#include <algorithm>
#include <map>

namespace services::operations {
namespace {

using domain::CommandPartition;
using domain::Position;

RelayStatus relay_of(
    domain::Log log,
    domain::RelayLeases& leases,
    const domain::RelayCheckpoint& checkpoint,
    Position head
) {
    const std::int64_t behind = head.value - checkpoint.position.value;
    return {log, leases.holder(log), checkpoint.position, std::max<std::int64_t>(behind, 0)};
}

/// Those that are claimed, and those that have records, in order.
std::vector<PartitionStatus> partitions_of(
    const std::vector<domain::Claim>& claims,
    const std::vector<domain::SentMark>& marks,
    const domain::Topics& topics
) {
    std::map<CommandPartition, PartitionStatus> all;
    for (const auto& claim : claims) all[claim.partition].claim = claim;
    for (const auto& mark : marks) {
        const auto category = topics.category_of_commands(mark.partition.topic);
        if (!category) continue;
        const CommandPartition partition{std::string(*category), mark.partition.partition};
        PartitionStatus& status = all[partition];
        status.claim.partition = partition;
        status.sent = mark.position;
    }
    std::vector<PartitionStatus> statuses;
    for (auto& [partition, status] : all) statuses.push_back(std::move(status));
    return statuses;
}

}  // namespace

Status read_status(StatusParts parts, const domain::Topics& topics) {
    Status status;
    const auto commands = parts.leases.load(domain::Log::commands);
    const auto events = parts.leases.load(domain::Log::events);
    status.partitions = partitions_of(parts.claims.all(), commands.marks, topics);
    status.generation = commands.generation;
    status.commands = parts.commands.head();
    status.events = parts.events.head();
    status.relays.push_back(relay_of(domain::Log::commands, parts.leases, commands, status.commands)
    );
    status.relays.push_back(
        relay_of(domain::Log::events, parts.leases, events, status.events.position)
    );
    const auto consider = [&](const domain::StoredCommand& command) {
        if (!status.oldest || command.position < status.oldest->position) status.oldest = command;
    };
    for (auto& partition : status.partitions) {
        const auto& [id, epoch, done, holder] = partition.claim;
        if (partition.sent <= done || status.generation.partitions == 0) continue;
        auto oldest = parts.commands.read_range(
            {.category = id.category,
             .partition = id.partition,
             .partitions = status.generation.partitions,
             .after = done,
             .up_to = partition.sent,
             .open_up_to = status.generation.begun},
            1
        );
        if (oldest.empty()) continue;
        consider(oldest.front());
        partition.oldest = std::move(oldest.front());
    }
    for (const auto& unsent : parts.commands.read(commands.position, 1)) consider(unsent);
    status.attempted = parts.attempts.open();
    status.dead_letters = parts.dead_letters.count({.state = domain::DeadLetterState::open});
    return status;
}

}  // namespace services::operations

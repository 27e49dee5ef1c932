#include "gateway/commands/backlog.hpp"

#include <algorithm>
#include <utility>

namespace gateway::commands {

using domain::CommandPartition;
using domain::Position;

Backlog::Backlog(
    domain::CommandLog& commands,
    domain::PartitionClaims& claims,
    domain::RelayLeases& leases,
    domain::Topics topics,
    std::int32_t partitions,
    BacklogSettings settings
)
    : commands_(commands),
      claims_(claims),
      leases_(leases),
      topics_(std::move(topics)),
      settings_(settings),
      partitions_(partitions) {}

void Backlog::look() {
    if (settings_.commands_max == 0) return;
    // What enters from here on may be in the log before its head is read, or not: it stays counted.
    const Entered seen = [this] {
        const std::lock_guard lock(mutex_);
        return entered_;
    }();

    std::map<CommandPartition, Position> done;
    for (const auto& claim : claims_.all()) done[claim.partition] = claim.done;
    const auto sent = leases_.load(domain::Log::commands);
    const Position head = commands_.head();

    std::map<CommandPartition, std::int64_t> behind;
    for (const auto& mark : sent.marks) {
        const auto category = topics_.category_of_commands(mark.partition.topic);
        if (!category) continue;
        const CommandPartition partition{std::string(*category), mark.partition.partition};
        // One that has done all that was sent to it is not behind, however long ago that was.
        if (done[partition] < mark.position) behind[partition] = head.value - done[partition].value;
    }

    const std::lock_guard lock(mutex_);
    if (sent.generation.partitions > 0) partitions_ = sent.generation.partitions;
    unsent_ = head.value - sent.position.value;
    behind_ = std::move(behind);
    forget(seen);
}

void Backlog::forget(const Entered& seen) {
    entered_.all -= seen.all;
    for (const auto& [user, count] : seen.by_user) {
        const auto found = entered_.by_user.find(user);
        found->second -= count;
        if (found->second == 0) entered_.by_user.erase(found);
    }
}

std::optional<Refusal> Backlog::enter(const std::string& user, const domain::StreamId& stream) {
    if (settings_.commands_max == 0) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto room = static_cast<std::int64_t>(settings_.commands_max) - behind(stream);
    if (entered_.all >= room) return Refusal::behind;
    auto& entered = entered_.by_user[user];
    const auto share = room * static_cast<std::int64_t>(settings_.per_user_percent) / 100;
    if (entered >= std::max<std::int64_t>(share, 1)) return Refusal::user_overloaded;
    ++entered;
    ++entered_.all;
    return std::nullopt;
}

std::int64_t Backlog::behind(const domain::StreamId& stream) const {
    if (behind_.empty()) return unsent_;
    const auto partition = domain::partition_of(stream.entity, partitions_);
    const auto found = behind_.find({stream.category, partition});
    return found == behind_.end() ? unsent_ : found->second;
}

}  // namespace gateway::commands

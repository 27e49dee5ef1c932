#include "services/worker/strays.hpp"

#include "services/worker/decision.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace services::worker {

Strays::Strays(
    StraysParts parts,
    domain::Topics topics,
    std::vector<std::string> categories,
    StraysSettings settings
)
    : parts_(parts),
      topics_(std::move(topics)),
      categories_(std::move(categories)),
      settings_(settings) {}

bool Strays::mine(const domain::CommandPartition& partition) const {
    if (categories_.empty()) return false;
    if (std::ranges::count(categories_, partition.category) > 0) return false;
    return parts_.ownership.owns({*std::ranges::min_element(categories_), partition.partition});
}

void Strays::look(const domain::RelayCheckpoint& checkpoint) {
    std::map<domain::CommandPartition, domain::Position> sent;
    for (const auto& mark : checkpoint.marks) {
        const auto category = topics_.category_of_commands(mark.partition.topic);
        if (!category) continue;
        const domain::CommandPartition partition{std::string(*category), mark.partition.partition};
        if (mine(partition)) sent[partition] = mark.position;
    }
    std::erase_if(waiting_, [&](const auto& entry) { return !sent.contains(entry.first); });
    if (sent.empty()) return;
    std::map<domain::CommandPartition, domain::Position> done;
    for (const auto& claim : parts_.claims.all()) done[claim.partition] = claim.done;
    for (const auto& [partition, up_to] : sent) {
        const domain::Position from = done[partition];
        const auto now = parts_.clock.elapsed();
        Waiting& waiting = waiting_.try_emplace(partition, Waiting{from, now}).first->second;
        if (waiting.done != from || from >= up_to) waiting = {from, now};
        if (now - waiting.since >= settings_.patience) fail(partition, up_to, waiting);
    }
}

void Strays::fail(
    const domain::CommandPartition& partition,
    domain::Position up_to,
    Waiting& waiting
) {
    const auto since = std::exchange(waiting.since, parts_.clock.elapsed());
    const Ownership& ownership = parts_.ownership;
    const auto claims = parts_.claims.claim({&partition, 1}, ownership.generation());
    if (claims.empty()) return;  // by the next look there is another generation here, too
    const domain::Claim& claim = claims.front();
    const auto batch = parts_.commands.read_range(
        ownership.range(partition, claim.done, up_to), settings_.batch_max
    );
    domain::Position to = batch.empty() ? claim.done : batch.back().position;
    if (batch.size() < settings_.batch_max) to = ownership.passed(to, up_to);
    if (to == claim.done) return;
    domain::EventBatch answers;
    answers.moves.push_back({partition, claim.epoch, claim.done, to});
    const domain::Failure failure{
        "no-such-aggregate", "this build has no category \"" + partition.category + '"'};
    for (const auto& command : batch) {
        auto events = answer(command, {{}, failure}, parts_.clock.now());
        std::ranges::move(events, std::back_inserter(answers.events));
        parts_.failures.failed(command, failure, 0);
    }
    parts_.failures.explain();
    // Refused: somebody else has claimed it, and is to have the time to go on with it.
    if (!std::holds_alternative<domain::Appended>(parts_.events.append(answers))) return;
    waiting = {to, since};
    parts_.notifier.appended(domain::Log::events);
}

}  // namespace services::worker

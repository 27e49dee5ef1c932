#include "infra/memory/memory_audit.hpp"

#include "domain/kernel/topics.hpp"
#include "infra/memory/memory_snapshot_store.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace infra::memory {
namespace {

using domain::Position;

std::int64_t size_of(const Tables& tables, domain::Log log) {
    return static_cast<std::int64_t>(
        log == domain::Log::commands ? tables.commands.size() : tables.events.size()
    );
}

bool within(Position position, Position after, Position up_to) {
    return position > after && position <= up_to;
}

/// Those of a category, in order.
std::vector<domain::HeldKey> keys_of(const Tables& tables, const std::string& category) {
    std::vector<domain::HeldKey> keys;
    for (const auto& [key, entity] : tables.keys.all())
        if (key.category == category) keys.push_back({entity, key.scope, key.key});
    std::ranges::sort(keys);
    return keys;
}

}  // namespace

domain::LogBounds MemoryAudit::bounds(domain::Log log) {
    return store_.read([&](const Tables& tables) {
        return domain::LogBounds{{0}, {size_of(tables, log)}};
    });
}

domain::Standing MemoryAudit::standing() {
    return store_.read([&](const Tables& tables) {
        domain::Standing standing;
        for (const auto& [position, attempted] : tables.attempts)
            if (!within(position, {0}, {size_of(tables, domain::Log::commands)}))
                standing.attempts_of_none.push_back(position);
        for (const auto& [key, entity] : tables.keys.all())
            if (standing.reserving.empty() || standing.reserving.back() != key.category)
                standing.reserving.push_back(key.category);
        return standing;
    });
}

std::vector<Position>
MemoryAudit::holes(domain::Log log, Position after, Position up_to, std::size_t limit) {
    return store_.read([&](const Tables& tables) {
        std::vector<Position> holes;
        const std::int64_t size = size_of(tables, log);
        for (auto at = after.value + 1; at <= up_to.value && holes.size() < limit; ++at)
            if (at > size) holes.push_back({at});
        return holes;
    });
}

std::vector<domain::PartitionAnswers>
MemoryAudit::answers(Position after, Position up_to, std::int32_t partitions) {
    return store_.read([&](const Tables& tables) {
        std::map<Position, bool> answered;
        for (const auto& event : tables.events)
            if (within(event.command_position, after, up_to))
                answered[event.command_position] = true;
        std::map<domain::CommandPartition, domain::PartitionAnswers> all;
        for (const auto& accepted : tables.commands) {
            const auto& [position, command] = accepted.stored;
            if (!within(position, after, up_to)) continue;
            const domain::CommandPartition partition{
                command.stream.category, domain::partition_of(command.stream.entity, partitions)};
            auto& answers = all[partition];
            answers.partition = partition;
            if (answered.contains(position)) {
                answers.answered = position;
                answers.doubtful.push_back(position);
            } else {
                answers.pending.push_back(position);
            }
        }
        std::vector<domain::PartitionAnswers> told;
        for (auto& [partition, answers] : all) told.push_back(std::move(answers));
        return told;
    });
}

std::vector<domain::EventEnvelope> MemoryAudit::answer_events(Position after, Position up_to) {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::EventEnvelope> events;
        for (const auto& event : tables.events)
            if (within(event.command_position, after, up_to)) events.push_back(event);
        std::ranges::sort(events, {}, [](const domain::EventEnvelope& event) {
            return std::pair(event.command_position, event.ordinal);
        });
        for (auto& event : events) {
            event.hears.clear();
            event.keys.clear();
        }
        return events;
    });
}

std::vector<Position> MemoryAudit::strays(Position after, Position up_to, std::size_t limit) {
    return store_.read([&](const Tables& tables) {
        std::set<Position> strays;
        const Position head{size_of(tables, domain::Log::commands)};
        for (const auto& event : tables.events)
            if (within(event.command_position, after, up_to) &&
                !within(event.command_position, {0}, head) && strays.size() < limit)
                strays.insert(event.command_position);
        return std::vector<Position>(strays.begin(), strays.end());
    });
}

std::vector<domain::Recipient> MemoryAudit::recipients(Position after, Position up_to) {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::Recipient> all;
        for (const auto& event : tables.events)
            if (within(event.position, after, up_to))
                for (const auto& user : event.hears)
                    all.push_back(
                        {event.position, user, true, user == domain::user_key(event.issuer)}
                    );
        return all;
    });
}

std::vector<domain::Snapshot> MemoryAudit::snapshots(
    const std::string& category,
    const std::string& form,
    const std::string& after,
    const std::string& up_to,
    std::size_t limit
) {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::Snapshot> found;
        auto stream = tables.snapshots.upper_bound({category, after});
        for (; stream != tables.snapshots.end() && found.size() < limit; ++stream) {
            if (stream->first > domain::StreamId{category, up_to}) break;
            const auto snapshot = stream->second.find(form);
            if (snapshot != stream->second.end() && stands(tables, snapshot->second))
                found.push_back(snapshot->second);
        }
        return found;
    });
}

std::vector<domain::HeldKey> MemoryAudit::keys(
    const std::string& category,
    const std::string& after,
    const std::optional<std::string>& up_to
) {
    return store_.read([&](const Tables& tables) {
        auto keys = keys_of(tables, category);
        std::erase_if(keys, [&](const domain::HeldKey& key) {
            return key.entity <= after || (up_to && key.entity > *up_to);
        });
        return keys;
    });
}

domain::Holding MemoryAudit::holding(const domain::StreamId& stream) {
    return store_.read([&](const Tables& tables) {
        domain::Holding holding;
        const auto positions = tables.streams.find(stream);
        if (positions != tables.streams.end())
            holding.version = {static_cast<std::int64_t>(positions->second.size())};
        holding.keys = keys_of(tables, stream.category);
        std::erase_if(holding.keys, [&](const domain::HeldKey& key) {
            return key.entity != stream.entity;
        });
        return holding;
    });
}

}  // namespace infra::memory

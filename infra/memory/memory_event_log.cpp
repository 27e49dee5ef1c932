#include "infra/memory/memory_event_log.hpp"

#include "domain/kernel/outcome.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace infra::memory {
namespace {

using domain::EventEnvelope;

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

domain::Fenced fenced(const Tables& tables, const std::vector<domain::ProgressMove>& moves) {
    domain::Fenced fenced;
    for (const auto& move : moves) {
        domain::Claim needed{move.partition, move.epoch, move.from};
        auto held = tables.claims.find(move.partition);
        if (held == tables.claims.end() || held->second != needed)
            fenced.partitions.push_back(move.partition);
    }
    return fenced;
}

domain::Taken wanted(const Tables& tables, const std::vector<EventEnvelope>& events) {
    domain::Taken taken;
    for (const auto& event : events) {
        for (const auto& change : event.keys) {
            const domain::ReservedKey key{event.stream.category, change.scope, change.key};
            const std::string* entity = tables.keys.holder(key);
            const bool takes = change.what == domain::KeyChange::What::takes;
            if (takes && entity) taken.holders.set(key, *entity);
        }
    }
    return taken;
}

domain::VersionConflict conflicts(const Tables& tables, const std::vector<EventEnvelope>& events) {
    std::map<domain::StreamId, domain::StreamVersion> versions;
    std::set<domain::StreamId> in_conflict;
    for (const auto& event : events) {
        auto [version, is_first] = versions.try_emplace(event.stream);
        if (is_first) {
            auto stream = tables.streams.find(event.stream);
            if (stream != tables.streams.end())
                version->second.value = static_cast<std::int64_t>(stream->second.size());
        }
        if (event.version.value != version->second.value + 1) in_conflict.insert(event.stream);
        version->second = event.version;
    }
    return {{in_conflict.begin(), in_conflict.end()}};
}

/// Who has the keys after these events; or before them, if one takes what another has.
std::variant<domain::KeyHolders, domain::Taken>
holders_after(const Tables& tables, const std::vector<EventEnvelope>& events) {
    domain::KeyHolders holders = tables.keys;
    for (const auto& event : events) {
        if (holders.refused(event.stream, event.keys)) return wanted(tables, events);
        holders.change(event.stream, event.keys);
    }
    return holders;
}

/// The command that this event says it is of, as the log has it; throws if it has none such.
const domain::CommandEnvelope& cause(const Tables& tables, const EventEnvelope& event) {
    const auto index = static_cast<std::size_t>(event.command_position.value - 1);
    if (index < tables.commands.size()) {
        const auto& command = tables.commands[index].stored.command;
        const domain::StreamId outcome{std::string(domain::outcome_category), command.id};
        const bool fits = event.stream == command.stream || event.stream == outcome;
        if (command.id == event.command_id && fits) return command;
    }
    throw domain::WorldError("events of commands that are not in the command log are refused");
}

void refuse_progress_beyond_the_log(const Tables& tables, const domain::EventBatch& batch) {
    for (const auto& move : batch.moves) {
        if (move.to.value > static_cast<std::int64_t>(tables.commands.size()))
            throw domain::WorldError("progress beyond the end of the command log is refused");
    }
}

void store(Tables& tables, domain::EventBatch batch) {
    refuse_progress_beyond_the_log(tables, batch);
    for (EventEnvelope& event : batch.events) {
        const domain::CommandEnvelope& command = cause(tables, event);
        event.issuer = command.issuer;
        event.correlation_id = command.correlation_id;
        event.trace_parent = command.trace_parent;
        event.keys.clear();  // they stand in a table of their own
    }
    for (EventEnvelope& event : batch.events) {
        event.position = {tables.head().position.value + 1};
        tables.streams[event.stream].push_back(event.position);
        note_dead_letter(tables, event);
        tables.events.push_back(std::move(event));
    }
    for (const auto& move : batch.moves) tables.claims[move.partition].done = move.to;
}

/// The events in (after, up_to] that are `wanted`, at most `limit`.
template <class Wanted>
std::vector<EventEnvelope> select_events(
    const Tables& tables,
    domain::Position after,
    domain::Position up_to,
    std::size_t limit,
    Wanted wanted
) {
    std::vector<EventEnvelope> found;
    for (auto i = static_cast<std::size_t>(after.value); i < tables.events.size(); ++i) {
        const EventEnvelope& event = tables.events[i];
        if (event.position > up_to || found.size() == limit) break;
        if (wanted(event)) found.push_back(event);
    }
    return found;
}

}  // namespace

domain::AppendResult MemoryEventLog::append(const domain::EventBatch& batch) {
    return store_.write([&](Tables& tables) -> domain::AppendResult {
        if (auto refused = fenced(tables, batch.moves); !refused.partitions.empty()) return refused;
        if (auto refused = conflicts(tables, batch.events); !refused.streams.empty())
            return refused;
        auto holders = holders_after(tables, batch.events);
        if (auto* refused = std::get_if<domain::Taken>(&holders)) return std::move(*refused);
        store(tables, batch);
        tables.keys = std::get<domain::KeyHolders>(std::move(holders));
        return domain::Appended{tables.head().position};
    });
}

domain::Cursor MemoryEventLog::head() {
    return store_.read([](const Tables& tables) { return tables.head(); });
}

std::vector<EventEnvelope> MemoryEventLog::read(domain::Position after, std::size_t limit) {
    return store_.read([&](const Tables& tables) {
        auto all = [](const EventEnvelope&) { return true; };
        return select_events(tables, after, tables.head().position, limit, all);
    });
}

std::vector<EventEnvelope>
MemoryEventLog::read_streams(std::span<const domain::StreamCursor> streams, std::size_t limit) {
    return store_.read([&](const Tables& tables) {
        std::vector<EventEnvelope> found;
        for (const auto& [stream, after] : streams) {
            auto positions = tables.streams.find(stream);
            if (positions == tables.streams.end()) continue;
            for (auto i = static_cast<std::size_t>(after.value);
                 i < positions->second.size() && found.size() < limit;
                 ++i)
                found.push_back(
                    tables.events[static_cast<std::size_t>(positions->second[i].value - 1)]
                );
        }
        return found;
    });
}

std::vector<EventEnvelope> MemoryEventLog::read_user(
    const std::string& user,
    domain::Position after,
    domain::Position up_to,
    std::size_t limit
) {
    return store_.read([&](const Tables& tables) {
        auto of_user = [&](const EventEnvelope& event) {
            return domain::user_key(event.issuer) == user ||
                   std::ranges::count(event.hears, user) > 0;
        };
        return select_events(tables, after, up_to, limit, of_user);
    });
}

std::vector<EventEnvelope> MemoryEventLog::read_command(domain::Position command_position) {
    return store_.read([&](const Tables& tables) {
        auto of_command = [&](const EventEnvelope& event) {
            return event.command_position == command_position;
        };
        return select_events(tables, {0}, tables.head().position, no_limit, of_command);
    });
}

}  // namespace infra::memory

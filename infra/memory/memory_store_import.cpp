#include "infra/memory/memory_store_import.hpp"

#include "domain/kernel/topics.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace infra::memory {
namespace {

domain::ImportPlace place_in(const Tables& tables) {
    return {
        .commands = {static_cast<std::int64_t>(tables.commands.size())},
        .events = tables.head().position,
        .beside = {tables.import ? tables.import->beside : 0},
        .finished = tables.import && tables.import->finished};
}

bool under_way(const Tables& tables) { return tables.import && !tables.import->finished; }

[[noreturn]] void refuse_import(const std::string& why) { throw domain::SetupError(why); }

void check_commands(const Tables& tables, std::span<const domain::ArchivedCommand> rows) {
    auto next = static_cast<std::int64_t>(tables.commands.size());
    std::set<std::string_view> ids;
    for (const auto& row : rows) {
        if (row.stored.position.value != ++next)
            refuse_import("a command is not at the next position");
        const std::string& id = row.stored.command.id;
        if (tables.command_ids.contains(id) || !ids.insert(id).second)
            refuse_import("two commands have one id");
    }
}

void check_events(const Tables& tables, std::span<const domain::EventEnvelope> events) {
    auto next = tables.head().position.value;
    std::set<std::pair<domain::StreamId, domain::StreamVersion>> versions;
    for (const auto& event : events) {
        if (event.position.value != ++next) refuse_import("an event is not at the next position");
        const auto stream = tables.streams.find(event.stream);
        const bool there = stream != tables.streams.end() &&
                           event.version.value <= static_cast<std::int64_t>(stream->second.size());
        if (there || !versions.emplace(event.stream, event.version).second)
            refuse_import("two events of a stream have one version");
    }
}

void add_beside(Tables& tables, const domain::BesideRow& row) {
    if (const auto* note = std::get_if<domain::LetterNote>(&row)) {
        const auto letter = tables.dead_letters.find(note->command);
        if (letter == tables.dead_letters.end()) refuse_import("a dead letter has no outcome");
        letter->second.failed = {note->command, note->attempts, note->reason};
        letter->second.state = note->state;
        letter->second.retried_as = note->retried_as;
    } else if (const auto* attempt = std::get_if<domain::AttemptedCommand>(&row)) {
        if (attempt->position.value > static_cast<std::int64_t>(tables.commands.size()))
            refuse_import("there is no such command");
        auto& stored = tables.attempts[attempt->position] = *attempt;
        stored.stream = tables.command_at(attempt->position).stream;
    } else {
        const auto& subscription = std::get<domain::Subscription>(row);
        tables.subscriptions[subscription.name] = subscription;
    }
}

std::vector<domain::TakenKey> reserve_keys(Tables& tables, const domain::StreamKeys& told) {
    const auto stream = tables.streams.find(told.stream);
    const auto version =
        stream == tables.streams.end() ? 0 : static_cast<std::int64_t>(stream->second.size());
    if (version != told.version.value) return {};
    std::vector<domain::KeyChange> changes;
    std::vector<domain::TakenKey> taken;
    for (const auto& change : told.keys) {
        const auto* holder = tables.keys.holder({told.stream.category, change.scope, change.key});
        if (holder != nullptr && *holder != told.stream.entity) {
            taken.push_back({told.stream, change.scope, change.key, *holder});
        } else {
            changes.push_back(change);
        }
    }
    tables.keys.change(told.stream, changes);
    return taken;
}

/// Behind what is answered; and no owner, or relay, of before.
void set_progress(Tables& tables) {
    std::set<domain::Position> answered;
    for (const auto& event : tables.events) answered.insert(event.command_position);
    const domain::Position head{static_cast<std::int64_t>(tables.commands.size())};
    domain::Position done = head;
    domain::Epoch newest;
    for (const auto& [partition, claim] : tables.claims) newest = std::max(newest, claim.epoch);
    ++newest.value;
    tables.claims.clear();
    const std::int32_t partitions = tables.generation.partitions;
    for (const auto& accepted : tables.commands) {
        const auto& [position, command] = accepted.stored;
        const auto& [category, entity] = command.stream;
        for (std::int32_t number = 0; number < partitions; ++number) {
            const domain::CommandPartition partition{category, number};
            tables.claims.try_emplace(partition, domain::Claim{partition, newest, head});
        }
        if (answered.contains(position)) continue;
        const domain::Position before{position.value - 1};
        done = std::min(done, before);
        if (partitions == 0) continue;
        auto& claim = tables.claims.at({category, domain::partition_of(entity, partitions)});
        claim.done = std::min(claim.done, before);
    }
    for (const auto log : {domain::Log::commands, domain::Log::events}) {
        auto& lease = tables.leases[log];
        ++lease.epoch.value;
        lease.holder.clear();
        lease.checkpoint = {};
        lease.checkpoint.position = log == domain::Log::commands ? done : tables.head().position;
    }
}

}  // namespace

domain::ImportPlace MemoryStoreImport::begin(const std::string& source) {
    return store_.import([&](Tables& tables) {
        if (tables.import && tables.import->source == source) return place_in(tables);
        if (tables.import && !tables.import->finished)
            refuse_import("an import of something else is under way here");
        if (place_in(tables) != domain::ImportPlace{})
            refuse_import("there is something in this store");
        for (const auto& [log, lease] : tables.leases)
            if (!lease.holder.empty()) refuse_import("a relay works on this store");
        tables.import = {source};
        return place_in(tables);
    });
}

void MemoryStoreImport::add(std::span<const domain::ArchivedCommand> commands) {
    store_.import([&](Tables& tables) {
        check_commands(tables, commands);
        for (const auto& row : commands) {
            tables.command_ids.emplace(row.stored.command.id, row.stored.position);
            tables.commands.push_back({row.stored, row.fingerprint, row.cursor});
        }
        return 0;
    });
}

void MemoryStoreImport::add(std::span<const domain::EventEnvelope> events) {
    store_.import([&](Tables& tables) {
        check_events(tables, events);
        for (const auto& event : events) {
            tables.streams[event.stream].push_back(event.position);
            note_dead_letter(tables, event);
            tables.events.push_back(event);
        }
        return 0;
    });
}

void MemoryStoreImport::add(std::span<const domain::BesideRow> rows) {
    store_.import([&](Tables& tables) {
        Tables after = tables;
        for (const auto& row : rows) add_beside(after, row);
        after.import->beside += static_cast<std::int64_t>(rows.size());
        tables = std::move(after);
        return 0;
    });
}

std::string MemoryStoreImport::command_id(domain::Position position) {
    return store_.read([&](const Tables& tables) { return tables.command_at(position).id; });
}

std::vector<domain::StreamVersion> MemoryStoreImport::versions(
    std::span<const domain::StreamId> streams
) {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::StreamVersion> versions;
        for (const auto& stream : streams) {
            const auto found = tables.streams.find(stream);
            versions.push_back(
                {found == tables.streams.end() ? 0
                                               : static_cast<std::int64_t>(found->second.size())}
            );
        }
        return versions;
    });
}

domain::Position
MemoryStoreImport::position_of(const domain::StreamId& stream, domain::StreamVersion version) {
    return store_.read([&](const Tables& tables) {
        return tables.streams.at(stream).at(static_cast<std::size_t>(version.value - 1));
    });
}

std::vector<domain::TakenKey> MemoryStoreImport::reserve(std::span<const domain::StreamKeys> streams
) {
    return store_.import([&](Tables& tables) {
        std::vector<domain::TakenKey> taken;
        for (const auto& told : streams) {
            const auto of_stream = reserve_keys(tables, told);
            taken.insert(taken.end(), of_stream.begin(), of_stream.end());
        }
        return taken;
    });
}

void MemoryStoreImport::finish(const domain::ImportEnd& end) {
    store_.import([&](Tables& tables) {
        if (!under_way(tables)) return 0;
        if (place_in(tables) != end.rows) refuse_import("there are other rows than were imported");
        tables.incarnation = end.incarnation;
        auto& [number, partitions, begun] = tables.generation;
        if (partitions == 0) partitions = end.partitions;
        ++number;
        begun = end.rows.commands;
        set_progress(tables);
        tables.import->finished = true;
        return 0;
    });
}

void MemoryStoreImport::abandon() {
    store_.import([](Tables& tables) {
        if (!under_way(tables)) return 0;
        const auto generation = tables.generation;
        tables = {};
        tables.generation = generation;
        return 0;
    });
}

}  // namespace infra::memory

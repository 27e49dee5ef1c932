#include "infra/memory/memory_dead_letters.hpp"

#include "domain/kernel/outcome.hpp"

#include <algorithm>
#include <limits>

namespace infra::memory {
namespace {

using domain::DeadLetter;
using domain::DeadLetterState;

DeadLetter letter_of(const Tables& tables, const Tables::DeadLetter& row) {
    const auto& outcome = tables.events.at(static_cast<std::size_t>(row.outcome.value - 1));
    DeadLetter letter;
    letter.command = {row.failed.command, tables.command_at(row.failed.command)};
    letter.failed_at = row.outcome;
    letter.time = outcome.time;
    letter.failure = {domain::outcome_code(outcome.data), row.failed.reason};
    letter.attempts = row.failed.attempts;
    letter.state = row.state;
    letter.retried_as = row.retried_as;
    const auto stream = tables.streams.find(letter.command.command.stream);
    if (stream != tables.streams.end())
        letter.events_since = static_cast<std::int64_t>(stream->second.size()) - row.version;
    return letter;
}

/// Null, if it has not failed.
Tables::DeadLetter* find_row(Tables& tables, const std::string& command_id) {
    const auto command = tables.command_ids.find(command_id);
    if (command == tables.command_ids.end()) return nullptr;
    const auto letter = tables.dead_letters.find(command->second);
    if (letter == tables.dead_letters.end() || letter->second.outcome.value == 0) return nullptr;
    return &letter->second;
}

}  // namespace

void MemoryDeadLetters::explain(std::span<const domain::FailedCommand> commands) {
    store_.write([&](Tables& tables) {
        for (const auto& command : commands) {
            Tables::DeadLetter& letter = tables.dead_letters[command.command];
            if (letter.outcome.value == 0) letter.failed = command;
        }
        return 0;
    });
}

std::vector<DeadLetter>
MemoryDeadLetters::read(const domain::DeadLetterQuery& query, std::size_t limit) {
    return store_.read([&](const Tables& tables) {
        std::vector<DeadLetter> letters;
        for (const auto& [position, row] : tables.dead_letters) {
            if (row.outcome <= query.after || (query.state && row.state != *query.state)) continue;
            if (query.category.empty() ||
                tables.command_at(position).stream.category == query.category)
                letters.push_back(letter_of(tables, row));
        }
        std::ranges::sort(letters, {}, &DeadLetter::failed_at);
        letters.resize(std::min(limit, letters.size()));
        return letters;
    });
}

std::int64_t MemoryDeadLetters::count(const domain::DeadLetterQuery& query) {
    return static_cast<std::int64_t>(read(query, std::numeric_limits<std::size_t>::max()).size());
}

std::optional<DeadLetter> MemoryDeadLetters::find(const std::string& command_id) {
    return store_.write([&](Tables& tables) -> std::optional<DeadLetter> {
        const auto* row = find_row(tables, command_id);
        if (!row) return std::nullopt;
        return letter_of(tables, *row);
    });
}

std::optional<DeadLetterState>
MemoryDeadLetters::retry(const std::string& command_id, const std::string& as_id) {
    return store_.write([&](Tables& tables) -> std::optional<DeadLetterState> {
        auto* row = find_row(tables, command_id);
        if (!row) return std::nullopt;
        const DeadLetterState was = row->state;
        if (was != DeadLetterState::open) return was;
        const auto failed =
            tables.commands.at(static_cast<std::size_t>(row->failed.command.value - 1));
        domain::NewCommand again{failed.stored.command, failed.fingerprint};
        again.command.id = as_id;
        again.command.causation_id = command_id;
        tables.accept(again);
        row->state = DeadLetterState::retried;
        row->retried_as = as_id;
        return was;
    });
}

std::optional<DeadLetterState> MemoryDeadLetters::drop(const std::string& command_id) {
    return store_.write([&](Tables& tables) -> std::optional<DeadLetterState> {
        auto* row = find_row(tables, command_id);
        if (!row) return std::nullopt;
        const DeadLetterState was = row->state;
        if (was == DeadLetterState::open) row->state = DeadLetterState::dropped;
        return was;
    });
}

}  // namespace infra::memory

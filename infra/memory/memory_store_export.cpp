#include "infra/memory/memory_store_export.hpp"

#include <algorithm>

namespace infra::memory {
namespace {

template <class Row>
std::size_t count_up_to(domain::Position up_to, const std::vector<Row>& rows) {
    return std::min(static_cast<std::size_t>(std::max<std::int64_t>(up_to.value, 0)), rows.size());
}

}  // namespace

domain::LogEnd MemoryStoreExport::end(domain::Log log) {
    return store_.read([&](const Tables& tables) {
        const domain::Position commands{static_cast<std::int64_t>(tables.commands.size())};
        return domain::LogEnd{
            .incarnation = tables.incarnation,
            .floor = {},
            .head = log == domain::Log::commands ? commands : tables.head().position,
            .partitions = tables.generation.partitions};
    });
}

std::vector<domain::ArchivedCommand>
MemoryStoreExport::commands(domain::Position after, domain::Position up_to) {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::ArchivedCommand> rows;
        const auto end = count_up_to(up_to, tables.commands);
        for (auto i = static_cast<std::size_t>(after.value); i < end; ++i) {
            const auto& [stored, fingerprint, cursor] = tables.commands[i];
            rows.push_back({stored, fingerprint, cursor});
        }
        return rows;
    });
}

std::vector<domain::EventEnvelope>
MemoryStoreExport::events(domain::Position after, domain::Position up_to) {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::EventEnvelope> rows;
        const auto end = count_up_to(up_to, tables.events);
        for (auto i = static_cast<std::size_t>(after.value); i < end; ++i)
            rows.push_back(tables.events[i]);
        return rows;
    });
}

std::vector<domain::LetterNote>
MemoryStoreExport::letters(domain::Position after, std::size_t limit) {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::LetterNote> notes;
        for (auto letter = tables.dead_letters.upper_bound(after);
             letter != tables.dead_letters.end() && notes.size() < limit;
             ++letter) {
            const auto& [failed, outcome, version, state, retried_as] = letter->second;
            if (outcome.value == 0) continue;
            const auto retry = tables.command_ids.find(retried_as);
            notes.push_back(
                {.command = letter->first,
                 .failed_at = outcome,
                 .attempts = failed.attempts,
                 .reason = failed.reason,
                 .state = state,
                 .retried_as = retried_as,
                 .retried_at =
                     retry == tables.command_ids.end() ? domain::Position{} : retry->second}
            );
        }
        return notes;
    });
}

std::vector<domain::AttemptedCommand> MemoryStoreExport::attempts() {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::AttemptedCommand> rows;
        for (const auto& [position, row] : tables.attempts) {
            rows.push_back(row);
            rows.back().stream = {};
        }
        return rows;
    });
}

std::vector<domain::Subscription> MemoryStoreExport::subscriptions() {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::Subscription> rows;
        for (const auto& [name, row] : tables.subscriptions) rows.push_back(row);
        return rows;
    });
}

}  // namespace infra::memory

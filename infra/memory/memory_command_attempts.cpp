#include "infra/memory/memory_command_attempts.hpp"

namespace infra::memory {
namespace {

domain::AttemptedCommand& row_of(Tables& tables, domain::Position command) {
    domain::AttemptedCommand& row = tables.attempts[command];
    row.position = command;
    row.stream = tables.commands[static_cast<std::size_t>(command.value - 1)].stored.command.stream;
    return row;
}

}  // namespace

void MemoryCommandAttempts::add(
    const domain::StoredCommand& command,
    const domain::Failure& failure
) {
    store_.write([&](Tables& tables) {
        domain::AttemptedCommand& row = row_of(tables, command.position);
        if (row.attempts++ == 0) row.first = failure;
        return 0;
    });
}

MemoryCommandAttempts::Skipped MemoryCommandAttempts::skip(const std::string& command_id) {
    return store_.write([&](Tables& tables) {
        const auto found = tables.command_ids.find(command_id);
        if (found == tables.command_ids.end()) return Skipped::unknown;
        if (tables.answered(found->second)) return Skipped::answered;
        row_of(tables, found->second).skip = true;
        return Skipped::marked;
    });
}

std::vector<domain::AttemptedCommand> MemoryCommandAttempts::open() {
    return store_.read([](const Tables& tables) {
        std::vector<domain::AttemptedCommand> rows;
        for (const auto& [position, row] : tables.attempts) {
            if (!tables.answered(position)) rows.push_back(row);
        }
        return rows;
    });
}

void MemoryCommandAttempts::prune() {
    store_.write([](Tables& tables) {
        std::erase_if(tables.dead_letters, [&](const auto& row) {
            return row.second.outcome.value == 0 && tables.answered(row.first);
        });
        return std::erase_if(tables.attempts, [&](const auto& row) {
            return tables.answered(row.first);
        });
    });
}

}  // namespace infra::memory

#include "infra/memory/memory_command_log.hpp"

#include "domain/kernel/topics.hpp"

#include <algorithm>
#include <limits>

namespace infra::memory {
namespace {

using domain::Acceptance;
using domain::StoredCommand;

/// The commands in (after, up_to] that are `wanted`, at most `limit`.
template <class Wanted>
std::vector<StoredCommand> select_commands(
    const Tables& tables,
    domain::Position after,
    domain::Position up_to,
    std::size_t limit,
    Wanted wanted
) {
    std::vector<StoredCommand> found;
    for (auto i = static_cast<std::size_t>(after.value); i < tables.commands.size(); ++i) {
        const StoredCommand& stored = tables.commands[i].stored;
        if (stored.position > up_to || found.size() == limit) break;
        if (wanted(stored)) found.push_back(stored);
    }
    return found;
}

}  // namespace

std::vector<Acceptance> MemoryCommandLog::append(std::span<const domain::NewCommand> batch) {
    return store_.write([&](Tables& tables) {
        std::vector<Acceptance> answers;
        for (const auto& command : batch) answers.push_back(tables.accept(command));
        return answers;
    });
}

domain::Position MemoryCommandLog::head() {
    return store_.read([](const Tables& tables) {
        return domain::Position{static_cast<std::int64_t>(tables.commands.size())};
    });
}

std::optional<StoredCommand> MemoryCommandLog::find(const std::string& id) {
    return store_.read([&](const Tables& tables) -> std::optional<StoredCommand> {
        auto found = tables.command_ids.find(id);
        if (found == tables.command_ids.end()) return std::nullopt;
        return tables.commands[static_cast<std::size_t>(found->second.value - 1)].stored;
    });
}

std::optional<StoredCommand>
MemoryCommandLog::find(const std::string& id, const domain::Issuer& user) {
    auto found = MemoryCommandLog::find(id);
    if (!found || user_key(found->command.issuer) != user_key(user)) return std::nullopt;
    return found;
}

std::vector<StoredCommand> MemoryCommandLog::read(domain::Position after, std::size_t limit) {
    return store_.read([&](const Tables& tables) {
        domain::Position end{std::numeric_limits<std::int64_t>::max()};
        return select_commands(tables, after, end, limit, [](const StoredCommand&) {
            return true;
        });
    });
}

std::vector<StoredCommand>
MemoryCommandLog::read_range(const domain::CommandRange& range, std::size_t limit) {
    return store_.read([&](const Tables& tables) {
        const auto in_range = [&](const StoredCommand& stored) {
            const domain::StreamId& stream = stored.command.stream;
            return stream.category == range.category &&
                   domain::partition_of(stream.entity, range.partitions) == range.partition &&
                   (stored.position > range.open_up_to || !tables.answered(stored.position));
        };
        return select_commands(tables, range.after, range.up_to, limit, in_range);
    });
}

}  // namespace infra::memory

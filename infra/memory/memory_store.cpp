#include "infra/memory/memory_store.hpp"

#include "domain/kernel/outcome.hpp"

#include <algorithm>

namespace infra::memory {

domain::Acceptance Tables::accept(const domain::NewCommand& asked) {
    using Kind = domain::Acceptance::Kind;
    const domain::Position next{static_cast<std::int64_t>(commands.size()) + 1};
    const auto [id, is_new] = command_ids.try_emplace(asked.command.id, next);
    if (is_new) commands.push_back({{next, asked.command}, asked.fingerprint, head()});
    const auto& [stored, fingerprint, cursor] =
        commands[static_cast<std::size_t>(id->second.value - 1)];
    domain::Acceptance answer;
    if (!is_new) answer.kind = fingerprint == asked.fingerprint ? Kind::repeated : Kind::mismatched;
    answer.position = stored.position;
    answer.cursor = cursor;
    answer.correlation_id = stored.command.correlation_id;
    return answer;
}

bool Tables::answered(domain::Position command) const {
    return std::ranges::find(events, command, &domain::EventEnvelope::command_position) !=
           events.end();
}

void note_dead_letter(Tables& tables, const domain::EventEnvelope& event) {
    if (event.stream.category != domain::outcome_category || event.type != domain::outcome_failed)
        return;
    Tables::DeadLetter& letter = tables.dead_letters[event.command_position];
    letter.failed.command = event.command_position;
    letter.outcome = event.position;
    const auto& command = tables.command_at(event.command_position);
    const auto stream = tables.streams.find(command.stream);
    if (stream != tables.streams.end())
        letter.version = static_cast<std::int64_t>(stream->second.size());
}

void MemoryStore::fail_next(std::size_t calls) {
    std::lock_guard lock(mutex_);
    failing_ = calls;
}

void MemoryStore::forget_acknowledgements(std::size_t writes) {
    std::lock_guard lock(mutex_);
    forgetting_ = writes;
}

void MemoryStore::raise_incarnation() {
    std::lock_guard lock(mutex_);
    ++tables_.incarnation;
}

void MemoryStore::restore(Tables backup) {
    std::lock_guard lock(mutex_);
    backup.incarnation = tables_.incarnation + 1;
    backup.last_record_key = tables_.last_record_key;  // no two keys are the same, as random ones
    tables_ = std::move(backup);
}

void MemoryStore::throw_if_told(std::size_t& times) {
    if (times == 0) return;
    --times;
    throw domain::WorldError("the memory store was told to fail");
}

}  // namespace infra::memory

#include "services/worker/decision.hpp"

#include "domain/kernel/outcome.hpp"

#include <exception>
#include <utility>

namespace services::worker {
namespace {

domain::EventEnvelope event_of(
    const domain::StoredCommand& cause,
    domain::StreamId stream,
    domain::StreamVersion version,
    domain::NewEvent event,
    domain::Timestamp now
) {
    domain::EventEnvelope envelope;
    envelope.stream = std::move(stream);
    envelope.version = version;
    envelope.type = std::move(event.type);
    envelope.data = std::move(event.data);
    envelope.time = now;
    envelope.command_id = cause.command.id;
    envelope.command_position = cause.position;
    envelope.issuer = cause.command.issuer;
    envelope.correlation_id = cause.command.correlation_id;
    envelope.trace_parent = cause.command.trace_parent;
    return envelope;
}

/// An answer without events of the aggregate: one event in the stream of the command itself.
Answer outcome(
    const domain::StoredCommand& command,
    const VersionedState& before,
    domain::NewEvent event,
    domain::Timestamp now
) {
    domain::StreamId stream{std::string(domain::outcome_category), command.command.id};
    Answer answer{{}, before, {}};
    answer.events.push_back(event_of(command, std::move(stream), {1}, std::move(event), now));
    answer.events.back().last = true;
    return answer;
}

Answer applied(
    const domain::StoredCommand& command,
    const VersionedState& before,
    domain::Decided decided,
    domain::Timestamp now
) {
    Answer answer{{}, {before.version, std::move(decided.state)}, {}};
    for (auto& event : decided.events) {
        ++answer.state.version.value;
        answer.events.push_back(
            event_of(command, command.command.stream, answer.state.version, std::move(event), now)
        );
        answer.events.back().ordinal = static_cast<std::int32_t>(answer.events.size()) - 1;
    }
    answer.events.back().last = true;
    return answer;
}

Answer decide_once(
    const domain::Aggregate& aggregate,
    const domain::StoredCommand& command,
    const VersionedState& before,
    domain::Timestamp now
) {
    const domain::CommandEnvelope& envelope = command.command;
    if (envelope.expected_version && *envelope.expected_version != before.version) {
        const domain::Rejection conflict{
            "version-conflict",
            "Expected version " + std::to_string(envelope.expected_version->value) + ", found " +
                std::to_string(before.version.value) + '.'};
        return outcome(command, before, domain::rejected(envelope, conflict), now);
    }
    auto decided = aggregate.decide(envelope.name, envelope.data, before.state);
    if (!decided) {
        return outcome(command, before, domain::rejected(envelope, decided.error()), now);
    }
    if (decided->events.empty()) {
        return outcome(command, before, domain::unchanged(envelope), now);
    }
    return applied(command, before, std::move(decided).value(), now);
}

}  // namespace

Answer decide(
    const domain::Aggregate* aggregate,
    const domain::StoredCommand& command,
    const VersionedState& before,
    domain::Timestamp now,
    int attempts
) {
    if (!aggregate) {
        return fail(command, before, now, "no aggregate " + command.command.stream.category);
    }
    for (int attempt = 1;; ++attempt) {
        try {
            return decide_once(*aggregate, command, before, now);
        } catch (const std::exception& thrown) {
            if (attempt >= attempts) return fail(command, before, now, thrown.what());
        } catch (...) {
            if (attempt >= attempts) return fail(command, before, now, "no std::exception");
        }
    }
}

Answer fail(
    const domain::StoredCommand& command,
    const VersionedState& before,
    domain::Timestamp now,
    std::string failure
) {
    // The user is told that it failed; what was thrown is for the operator's log only.
    Answer answer = outcome(
        command,
        before,
        domain::failed(command.command, "The command could not be carried out."),
        now
    );
    answer.failure = std::move(failure);
    return answer;
}

}  // namespace services::worker

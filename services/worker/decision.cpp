#include "services/worker/decision.hpp"

#include "domain/kernel/outcome.hpp"

#include <string_view>
#include <utility>

namespace services::worker {
namespace {

std::string_view sentence(std::string_view code) {
    struct Sentence {
        std::string_view code;
        std::string_view text;
    };
    static constexpr Sentence sentences[] = {
        {"threw", "An error occurred each time it was tried."},
        {"crashed", "It ended the process that tried it, each time."},
        {"timed-out", "It took too long, each time it was tried."},
        {"too-many-events", "It came to more or larger events than one command may."},
        {"too-many-hearers", "More users are to hear of an event than may."},
        {"unreadable-history", "The past events of its aggregate cannot be read."},
        {"no-such-aggregate", "There is no aggregate of its category any more, or not yet."},
        {"skipped", "The operator let it be skipped."}};
    for (const auto& each : sentences) {
        if (each.code == code) return each.text;
    }
    return "The command could not be carried out.";
}

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
    envelope.hears = std::move(event.hears);
    envelope.keys = std::move(event.keys);
    envelope.time = now;
    envelope.command_id = cause.command.id;
    envelope.command_position = cause.position;
    envelope.issuer = cause.command.issuer;
    envelope.correlation_id = cause.command.correlation_id;
    envelope.trace_parent = cause.command.trace_parent;
    return envelope;
}

/// An answer without events of the aggregate: one event in the stream of the command itself.
std::vector<domain::EventEnvelope>
outcome(const domain::StoredCommand& command, domain::NewEvent event, domain::Timestamp now) {
    domain::StreamId stream{std::string(domain::outcome_category), command.command.id};
    std::vector<domain::EventEnvelope> events;
    events.push_back(event_of(command, std::move(stream), {1}, std::move(event), now));
    events.back().last = true;
    return events;
}

std::vector<domain::EventEnvelope> applied(
    const domain::StoredCommand& command,
    domain::StreamVersion version,
    std::vector<domain::NewEvent> decided,
    domain::Timestamp now
) {
    std::vector<domain::EventEnvelope> events;
    for (auto& event : decided) {
        ++version.value;
        events.push_back(event_of(command, command.command.stream, version, std::move(event), now));
        events.back().ordinal = static_cast<std::int32_t>(events.size()) - 1;
    }
    events.back().last = true;
    return events;
}

}  // namespace

std::vector<domain::EventEnvelope>
answer(const domain::StoredCommand& command, domain::Verdict verdict, domain::Timestamp now) {
    const domain::CommandEnvelope& envelope = command.command;
    if (const auto* no = std::get_if<domain::Rejection>(&verdict.what)) {
        return outcome(command, domain::rejected(envelope, *no), now);
    }
    if (const auto* failure = std::get_if<domain::Failure>(&verdict.what)) {
        return outcome(
            command, domain::failed(envelope, failure->code, sentence(failure->code)), now
        );
    }
    auto& events = std::get<std::vector<domain::NewEvent>>(verdict.what);
    if (events.empty()) return outcome(command, domain::unchanged(envelope), now);
    return applied(command, verdict.before, std::move(events), now);
}

int attempts_of(const domain::Failure& failure, int attempts) {
    return failure.code == "threw" ? attempts : 1;
}

}  // namespace services::worker

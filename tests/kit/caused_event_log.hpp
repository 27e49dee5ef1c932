#pragma once

#include "domain/kernel/outcome.hpp"
#include "tests/kit/samples.hpp"

#include <algorithm>
#include <utility>

namespace kit {

/// An event log for tests that are not about commands. The log behind it refuses events of commands
/// that are not in the command log; so it logs first, as a gateway would have, the command of each
/// event that it is given, and others up to where the event or the progress says that they are.
class CausedEventLog final : public domain::EventLog {
  public:
    CausedEventLog(domain::EventLog& events, domain::CommandLog& commands)
        : events_(events), commands_(commands) {}

    domain::AppendResult append(const domain::EventBatch& asked) override {
        domain::EventBatch batch = asked;
        for (auto& event : batch.events) log_cause(event);
        for (const auto& move : batch.moves) log_others(move.to.value);
        return events_.append(batch);
    }
    domain::Cursor head() override { return events_.head(); }
    std::vector<domain::EventEnvelope> read(domain::Position after, std::size_t limit) override {
        return events_.read(after, limit);
    }
    std::vector<domain::EventEnvelope>
    read_streams(std::span<const domain::StreamCursor> streams, std::size_t limit) override {
        return events_.read_streams(streams, limit);
    }
    std::vector<domain::EventEnvelope> read_user(
        const std::string& user,
        domain::Position after,
        domain::Position up_to,
        std::size_t limit
    ) override {
        return events_.read_user(user, after, up_to, limit);
    }
    std::vector<domain::EventEnvelope> read_command(domain::Position command_position) override {
        return events_.read_command(command_position);
    }

  private:
    /// An event without a position of its command gets the next one.
    void log_cause(domain::EventEnvelope& event) {
        const auto known = commands_.find(event.command_id);
        if (known) {
            event.command_position = known->position;
            return;
        }
        if (event.command_position.value > 0) log_others(event.command_position.value - 1);
        domain::NewCommand cause;
        cause.command.id = event.command_id;
        cause.command.stream = event.stream;
        if (event.stream.category == domain::outcome_category) cause.command.stream = {"toy", "x"};
        cause.command.name = "any";
        cause.command.data = "{}";
        cause.command.issuer = event.issuer;
        cause.command.correlation_id = event.correlation_id;
        cause.command.trace_parent = event.trace_parent;
        cause.fingerprint = event.command_id;
        event.command_position = commands_.append({&cause, 1}).at(0).position;
    }

    void log_others(std::int64_t up_to) {
        while (commands_.head().value < up_to) {
            const auto other = sample_command(static_cast<int>(commands_.head().value) + 1);
            commands_.append({&other, 1});
        }
    }

    domain::EventLog& events_;
    domain::CommandLog& commands_;
};

}  // namespace kit

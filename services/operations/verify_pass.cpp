#include "services/operations/verify_pass.hpp"

#include "domain/kernel/outcome.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace services::operations {
namespace {

using domain::Position;

/// Below and above all positions that a log may have.
constexpr Position lowest{-(std::int64_t{1} << 62)};
constexpr Position highest{std::int64_t{1} << 62};

/// Of one look: since one mistake makes many.
constexpr std::size_t told_max = 1'000;

std::string number(Position position) { return std::to_string(position.value); }

std::map<domain::CommandPartition, Position> progress(domain::PartitionClaims& claims) {
    std::map<domain::CommandPartition, Position> done;
    for (const auto& claim : claims.all()) done[claim.partition] = claim.done;
    return done;
}

/// Looks, and again if an operator has changed the number of partitions meanwhile: what is said of
/// a partition holds in one generation.
template <class Look>
void in_one_generation(domain::RelayLeases& leases, Look look) {
    const auto present = [&] { return leases.load(domain::Log::commands).generation; };
    for (domain::Generation generation = present();;) {
        look(generation);
        const domain::Generation now = present();
        if (now == generation) return;
        generation = now;
    }
}

/// What stands against these being the answer of the command; empty if nothing does.
std::string
against(const domain::CommandEnvelope& command, const std::vector<domain::EventEnvelope>& events) {
    static const std::set<std::string_view> outcomes{
        domain::outcome_unchanged, domain::outcome_rejected, domain::outcome_failed};
    const domain::StreamId outcome{std::string(domain::outcome_category), command.id};
    std::size_t answers = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        const domain::EventEnvelope& event = events[i];
        const std::string which = "its event at " + number(event.position);
        answers += event.last;
        if (event.command_id != command.id) return which + " is of another command";
        if (event.stream != command.stream && event.stream != outcome)
            return which + " stands in another stream, " + describe(event.stream);
        if (event.stream != events.front().stream) return which + " is a second answer";
        if (domain::user_key(event.issuer) != domain::user_key(command.issuer))
            return which + " is another user's";
        if (event.correlation_id != command.correlation_id)
            return which + " has another correlation id";
        if (event.stream == outcome && (i > 0 || event.version.value != 1))
            return which + " is a second answer";
        if (event.stream == outcome && !outcomes.contains(event.type))
            return which + " is no outcome";
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
        const domain::EventEnvelope& event = events[i];
        const std::string which = "its event at " + number(event.position);
        if (event.ordinal != static_cast<std::int32_t>(i))
            return which + " is number " + std::to_string(event.ordinal) + " and not " +
                   std::to_string(i) + " of its events";
        if (i > 0 && event.version.value != events[i - 1].version.value + 1)
            return which + " does not follow on the one before it";
    }
    if (answers == 0) return "none of its events says that it is the last";
    if (answers > 1) return std::to_string(answers) + " of its events say that they are the last";
    if (!events.back().last) return "an event comes behind the one that says it is the last";
    return {};
}

}  // namespace

std::string describe(const domain::StreamId& stream) {
    return stream.category + '/' + stream.entity;
}

std::string describe(const domain::CommandPartition& partition) {
    return "partition " + std::to_string(partition.partition) + " of " + partition.category;
}

std::string describe(const domain::StreamId& stream, domain::StreamVersion version) {
    return describe(stream) + ", version " + std::to_string(version.value);
}

std::optional<std::int64_t> RangePass::step(std::size_t most) {
    if (!bounds_) {
        bounds_ = parts_.audit.bounds(log_);
        at_ = std::max(at_, bounds_->floor);
    }
    if (at_ >= bounds_->head) {
        end(*bounds_);
        return std::nullopt;
    }
    const Position up_to{std::min(
        bounds_->head.value, at_.value + static_cast<std::int64_t>(std::max<std::size_t>(most, 1))
    )};
    look(at_, up_to);
    return up_to.value - std::exchange(at_, up_to).value;
}

void PositionsPass::look(Position after, Position up_to) {
    const std::string log(domain::to_string(of_));
    for (const Position hole : parts_.audit.holes(of_, after, up_to, told_max))
        tell_({"position", log + " at " + number(hole), "there is no row at this position"});
}

void AnswersPass::look(Position after, Position up_to) {
    // What is done before the look is answered in it, and what is answered in it is done after it,
    // or was so by an owner of the generation before.
    domain::Generation spread;
    std::map<domain::CommandPartition, Position> before, since;
    std::vector<domain::PartitionAnswers> all;
    in_one_generation(parts_.leases, [&](const domain::Generation& generation) {
        spread = generation;
        before = progress(parts_.claims);
        all = parts_.audit.answers(after, up_to, std::max(generation.partitions, 1));
        since = progress(parts_.claims);
    });
    const auto done = [](const auto& progress, const domain::CommandPartition& partition) {
        const auto found = progress.find(partition);
        return found == progress.end() ? Position{} : found->second;
    };
    for (const auto& answers : all) {
        for (const Position position : answers.doubtful) examine(position);
        if (spread.partitions == 0) continue;  // nobody has ever started what would answer
        const Position bound = done(before, answers.partition);
        for (const Position position : answers.pending)
            if (position <= bound) tell_pending(position, bound);
        if (answers.answered > std::max(done(since, answers.partition), spread.begun))
            tell_(
                {"progress",
                 describe(answers.partition),
                 "it is done up to " + number(done(since, answers.partition)) +
                     ", and the command at " + number(answers.answered) + " is answered"}
            );
    }
    tell_strays(after, up_to);
}

void AnswersPass::end(const domain::LogBounds& all) {
    if (all.floor.value == 0) tell_strays(lowest, {0});
    tell_strays(all.head, highest);
}

void AnswersPass::tell_strays(Position after, Position up_to) {
    for (const Position position : parts_.audit.strays(after, up_to, told_max))
        for (const auto& event : parts_.events.read_command(position))
            tell_(
                {"answer",
                 "events at " + number(event.position),
                 "it is of a command at " + number(position) + ", where there is none"}
            );
}

void AnswersPass::tell_pending(Position position, Position done) {
    const auto found = parts_.commands.read({position.value - 1}, 1);
    const std::string id = found.empty() ? std::string() : ", " + found.front().command.id;
    tell_(
        {"answer",
         "commands at " + number(position) + id,
         "it has no answer, and its partition is done up to " + number(done)}
    );
}

void AnswersPass::examine(Position position) {
    const auto found = parts_.commands.read({position.value - 1}, 1);
    if (found.empty() || found.front().position != position) return;
    const domain::CommandEnvelope& command = found.front().command;
    const std::string why = against(command, parts_.events.read_command(position));
    if (!why.empty()) tell_({"answer", "commands at " + number(position) + ", " + command.id, why});
}

void RecipientsPass::look(Position after, Position up_to) {
    for (const auto& row : parts_.audit.recipients(after, up_to)) {
        const std::string place = "events at " + number(row.position);
        if (!row.of_event) {
            tell_({"recipient", place, row.user + " is to hear of it, and there is no such event"});
        } else if (row.is_sender) {
            tell_({"recipient", place, row.user + " has sent its command, and hears of it twice"});
        } else if (!domain::is_user_key(row.user)) {
            tell_({"recipient", place, "who is to hear of it can be no user: " + row.user});
        }
    }
}

void RecipientsPass::end(const domain::LogBounds& all) {
    if (all.floor.value == 0) look(lowest, {0});
    look(all.head, highest);
}

std::optional<std::int64_t> StandingPass::step(std::size_t) {
    if (std::exchange(looked_, true)) return std::nullopt;
    standing_ = parts_.audit.standing();
    look_at_partitions();
    look_at_relay(domain::Log::commands);
    look_at_relay(domain::Log::events);
    for (const Position position : standing_.attempts_of_none)
        tell_(
            {"attempts",
             "commands at " + number(position),
             "it was tried in vain, and there is no such command"}
        );
    return 0;
}

void StandingPass::look_at_partitions() {
    for (const auto& partition : standing_.unclaimed)
        tell_({"progress", describe(partition), "it has progress, and nobody has ever claimed it"});
    std::map<domain::CommandPartition, Position> done;
    in_one_generation(parts_.leases, [&](const domain::Generation& generation) {
        partitions_ = generation.partitions;
        done = progress(parts_.claims);
    });
    const Position head = parts_.audit.bounds(domain::Log::commands).head;
    for (const auto& [partition, position] : done) {
        if (position > head)
            tell_(
                {"progress",
                 describe(partition),
                 "it is done up to " + number(position) + ", and the commands end at " +
                     number(head)}
            );
        if (partition.partition >= partitions_)
            tell_(
                {"progress",
                 describe(partition),
                 "there are " + std::to_string(partitions_) + " partitions"}
            );
    }
}

void StandingPass::look_at_relay(domain::Log log) {
    const domain::RelayCheckpoint checkpoint = parts_.leases.load(log);
    const Position head = parts_.audit.bounds(log).head;
    const std::string place = "the relay of " + std::string(domain::to_string(log));
    if (checkpoint.position > head)
        tell_(
            {"checkpoint",
             place,
             "it has sent up to " + number(checkpoint.position) + ", and the log ends at " +
                 number(head)}
        );
    for (const auto& mark : checkpoint.marks) {
        const auto& [topic, partition] = mark.partition;
        const std::string where = topic + '/' + std::to_string(partition);
        if (mark.position > checkpoint.position)
            tell_(
                {"checkpoint",
                 place,
                 "its last record in " + where + " is of " + number(mark.position) +
                     ", and it has sent up to " + number(checkpoint.position)}
            );
        const std::int32_t partitions = checkpoint.generation.partitions;
        if (partitions > 0 && (partition < 0 || partition >= partitions))
            tell_(
                {"checkpoint",
                 place,
                 "it knows " + where + ", and there are " + std::to_string(partitions) +
                     " partitions"}
            );
    }
    if (!checkpoint.marks.empty() && parts_.record_keys.valid().empty())
        tell_({"record key", place, "it has sent records, and there is no key to sign them with"});
}

}  // namespace services::operations

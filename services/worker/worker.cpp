#include "services/worker/worker.hpp"

#include "domain/kernel/error.hpp"
#include "services/worker/decision.hpp"
#include "services/worker/trial.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>
#include <variant>

namespace services::worker {
namespace {

using namespace std::chrono_literals;

// Streams of owned partitions change only through this worker, so a conflict is cured by reading
// once. One that stays is a fault of the store, and going round would only hide it.
constexpr int rounds_max = 3;

/// How often a decider may end by itself before that is said.
constexpr int ended_max = 3;

/// While partitions are tried apart, they are looked after so often.
constexpr auto poll_wait_apart = 5ms;

}  // namespace

Worker::Worker(
    WorkerParts parts,
    domain::Topics topics,
    std::vector<std::string> categories,
    const domain::Generation& generation,
    WorkerSettings settings
)
    : parts_(parts),
      settings_(settings),
      ownership_(topics, generation),
      failures_(parts.dead_letters, parts.clock),
      quarantine_(
          {.ownership = ownership_,
           .deciders = parts.deciders_apart,
           .commands = parts.commands,
           .events = parts.events,
           .attempts = parts.attempts,
           .notifier = parts.notifier,
           .clock = parts.clock,
           .failures = failures_},
          {.attempts = settings.attempts,
           .decide_timeout = settings.decide_timeout,
           .probation = settings.probation,
           .batch_max = settings.batch_max,
           .page_max = settings.page_max}
      ),
      strays_(
          {.ownership = ownership_,
           .commands = parts.commands,
           .events = parts.events,
           .claims = parts.claims,
           .notifier = parts.notifier,
           .clock = parts.clock,
           .failures = failures_},
          topics,
          std::move(categories),
          {.patience = settings.stray_patience, .batch_max = settings.batch_max}
      ) {}

bool Worker::step() {
    try {
        return work();
    } catch (...) {
        // Whether the last append happened is unknown, so nothing in memory can be trusted. Records
        // that come meanwhile would only be dropped: they wait with the broker.
        ownership_.disown_all(parts_.clock.elapsed());
        quarantine_.disowned();
        parts_.consumer.pause();
        paused_ = true;
        throw;
    }
}

bool Worker::work() {
    const domain::Polled polled = parts_.consumer.poll(settings_.batch_max, poll_wait());
    ownership_.revoke(polled.revoked);
    ownership_.assign(polled.assigned);
    if (ownership_.any_newer(polled.records, parts_.verifier))
        follow(parts_.leases.load(domain::Log::commands).generation);
    claim();
    Batch batch = take(polled.records);
    if (domain::due(parts_.clock, looked_, settings_.look_every) && look()) batch.clear();
    ownership_.fill(batch, parts_.commands, settings_.batch_max);
    leave_to_quarantine(batch);
    bool worked = !batch.empty();
    batch.empty() ? pass() : apply(std::move(batch));
    worked = quarantine_.step() || worked;
    forget(quarantine_.released());
    if (domain::due(parts_.clock, committed_, settings_.commit_every)) commit();
    if (domain::due(parts_.clock, pruned_, settings_.prune_every)) {
        parts_.claims.prune();
        parts_.attempts.prune();
    }
    return worked;
}

/// Anybody may write to our topics: what is not a relay's is left out, and the chain tells whether
/// something is missing.
Worker::Batch Worker::take(std::span<const domain::ConsumedRecord> records) {
    std::uint64_t left_out = 0;
    Batch next = ownership_.take(records, parts_.verifier, left_out);
    if (const auto count = left_out_.occurred(parts_.clock.elapsed(), left_out)) {
        spdlog::warn("{} records of commands were not written by a relay: left out", count);
    }
    return next;
}

std::chrono::milliseconds Worker::poll_wait() const {
    if (ownership_.any_behind()) return 0ms;
    return quarantine_.busy() ? std::min(settings_.poll_wait, poll_wait_apart)
                              : settings_.poll_wait;
}

void Worker::claim() {
    const auto wanted = ownership_.unclaimed(parts_.clock.elapsed());
    if (!wanted.empty()) {
        const auto claims = parts_.claims.claim(wanted, ownership_.generation());
        if (claims.empty()) {
            follow(parts_.leases.load(domain::Log::commands).generation);
            return;
        }
        ownership_.claimed(claims, parts_.events.head().incarnation);
        forget(wanted);
        quarantine_.claimed(wanted);
    }
    if (paused_ && ownership_.all_claimed()) {
        parts_.consumer.resume();
        paused_ = false;
    }
}

/// True: there is another generation, and what was taken in the one before is nobody's.
bool Worker::look() {
    const domain::RelayCheckpoint checkpoint = parts_.leases.load(domain::Log::commands);
    if (follow(checkpoint.generation)) return true;
    ownership_.look_for_silence(checkpoint);
    quarantine_.look();
    strays_.look(checkpoint);
    if (ownership_.of_another_life(parts_.events.head().incarnation)) {
        throw domain::WorldError("the log has begun another life: all partitions are claimed anew");
    }
    return false;
}

/// An operator has changed the number of partitions: what is known of them is of no more use. True
/// if it is another one than was known here.
bool Worker::follow(const domain::Generation& present) {
    if (present == ownership_.generation() || present.partitions == 0) return false;
    spdlog::info(
        "commands are spread over {} partitions, generation {}", present.partitions, present.number
    );
    ownership_.begin(present);
    quarantine_.begin_anew();
    strays_.begin_anew();
    decider_.reset();
    return true;
}

void Worker::forget(std::span<const domain::CommandPartition> partitions) {
    if (decider_ && !partitions.empty())
        decider_->forget(partitions, ownership_.generation().partitions);
}

void Worker::apply(Batch batch) {
    domain::KeyHolders held;
    for (int round = 1; !batch.empty(); ++round) {
        if (round > rounds_max) {
            throw domain::WorldError("the event log refuses the same batch again and again");
        }
        const domain::EventBatch answers = decide(batch, held);
        if (batch.empty()) return;
        failures_.explain();
        const auto result = parts_.events.append(answers);
        if (std::holds_alternative<domain::Appended>(result)) {
            ownership_.moved();
            parts_.notifier.appended(domain::Log::events);
            save_snapshots(answers.events);
            return;
        }
        if (const auto* taken = std::get_if<domain::Taken>(&result)) {
            if (held.learn(taken->holders)) round = 0;  // and that cannot go on for ever
            decider_->undo();
            continue;
        }
        // Whatever the decider has made of these partitions is not what the store holds.
        std::set<domain::CommandPartition> tried;
        for (const auto& command : batch) {
            tried.insert(ownership_.partition_of(command.command.stream));
        }
        forget(std::vector(tried.begin(), tried.end()));
        if (const auto* fenced = std::get_if<domain::Fenced>(&result)) {
            if (const auto count = fenced_.occurred(parts_.clock.elapsed())) {
                spdlog::info(
                    "{} partitions have another owner{}",
                    fenced->partitions.size(),
                    domain::times(count)
                );
            }
            ownership_.disown(fenced->partitions, parts_.clock.elapsed());
            const std::set<domain::CommandPartition> lost(
                fenced->partitions.begin(), fenced->partitions.end()
            );
            std::erase_if(batch, [&](const domain::StoredCommand& command) {
                return lost.contains(ownership_.partition_of(command.command.stream));
            });
        } else {
            for (const auto& stream : std::get<domain::VersionConflict>(result).streams) {
                if (const auto count = read_anew_.occurred(parts_.clock.elapsed())) {
                    spdlog::warn(
                        "{} {} is read anew{}", stream.category, stream.entity, domain::times(count)
                    );
                }
            }
        }
    }
}

/// Partitions of which the generation before has done everything are done without an event.
void Worker::pass() {
    const domain::EventBatch passed{ownership_.moves(), {}};
    if (passed.moves.empty()) return;
    const auto result = parts_.events.append(passed);
    if (const auto* fenced = std::get_if<domain::Fenced>(&result)) {
        ownership_.disown(fenced->partitions, parts_.clock.elapsed());
    } else {
        ownership_.moved();
    }
}

/// What was decided of events that were not stored is nothing: so only now.
void Worker::save_snapshots(std::span<const domain::EventEnvelope> stored) {
    for (domain::TakenSnapshot& taken : decider_->snapshots()) {
        if (!taken.failure.empty()) {
            if (const auto count = without_snapshot_.occurred(parts_.clock.elapsed()))
                spdlog::warn("{}{}", domain::describe_failure(taken), domain::times(count));
            continue;
        }
        const auto last = std::ranges::find_if(stored, [&](const domain::EventEnvelope& event) {
            return event.stream == taken.stream && event.version == taken.version;
        });
        if (last != stored.end())
            parts_.snapshots.save(
                domain::snapshot_of(std::move(taken), *last, ownership_.incarnation())
            );
    }
}

/// Whoever takes the decider down, or keeps the others waiting, leaves the batch.
domain::EventBatch Worker::decide(Batch& batch, const domain::KeyHolders& held) {
    std::optional<domain::Verdicts> verdicts;
    while (!batch.empty() && !(verdicts = try_to_decide(batch, held))) leave_to_quarantine(batch);
    domain::EventBatch answers{ownership_.moves(), {}};
    for (std::size_t i = 0; i < batch.size(); ++i) {
        domain::Verdict& verdict = verdicts->at(i);
        if (const auto* failure = std::get_if<domain::Failure>(&verdict.what)) {
            failures_.failed(batch[i], *failure, attempts_of(*failure, settings_.attempts));
        }
        auto events = answer(batch[i], std::move(verdict), parts_.clock.now());
        std::ranges::move(events, std::back_inserter(answers.events));
    }
    return answers;
}

std::optional<domain::Verdicts>
Worker::try_to_decide(const Batch& batch, const domain::KeyHolders& held) {
    if (!decider_) decider_ = parts_.deciders.take();
    Trial trial(*decider_, parts_.events, settings_.page_max, &parts_.snapshots);
    trial.begin(batch, held, settings_.patience);
    domain::Progress progress = domain::Working{};
    while (std::holds_alternative<domain::Working>(progress)) progress = trial.wait(1s);
    if (auto* verdicts = std::get_if<domain::Verdicts>(&progress)) {
        ended_ = 0;
        return std::move(*verdicts);
    }
    const auto& lost = std::get<domain::Lost>(progress);
    decider_.reset();
    if (lost.command) {
        ended_ = 0;
        const domain::StoredCommand& suspect = batch.at(*lost.command);
        if (lost.stalled) {
            // To be slow is no fault yet: it gets more time where nobody waits for it.
            failures_.suspected(suspect, {"slow", lost.reason});
            quarantine_.take(suspect, std::nullopt);
        } else {
            const char* code = lost.folding ? "unreadable-history" : "crashed";
            quarantine_.take(suspect, domain::Failure{code, lost.reason});
        }
    } else if (lost.nonsense) {
        // Which command made it say so is seen where each partition has a decider of its own.
        for (const auto& command : batch) quarantine_.take(command, std::nullopt);
    } else if (++ended_ >= ended_max) {
        ended_ = 0;
        throw domain::WorldError("deciders end by themselves: " + lost.reason);
    }
    return std::nullopt;
}

void Worker::leave_to_quarantine(Batch& batch) {
    quarantine_.divert(batch);
    std::erase_if(batch, [&](const domain::StoredCommand& command) {
        return quarantine_.holds(ownership_.partition_of(command.command.stream));
    });
}

}  // namespace services::worker

#include "services/worker/quarantine.hpp"

#include "domain/kernel/error.hpp"
#include "services/worker/decision.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace services::worker {
namespace {

using namespace std::chrono_literals;

// A build cannot learn to read a history, but a machine may have been too slow for it.
constexpr auto deadly_for = 10min;
constexpr std::size_t deadly_max = 1'000;

}  // namespace

Quarantine::Ward& Quarantine::ward(const domain::CommandPartition& partition) {
    parts_.ownership.set_apart(partition);
    Ward& ward = wards_[partition];
    ward.until = parts_.clock.elapsed() + settings_.probation;
    return ward;
}

void Quarantine::end(Ward& ward) {
    if (ward.trial) --under_way_;
    ward.trial.reset();
    ward.decider.reset();
    ward.batch.clear();
}

void Quarantine::take(
    const domain::StoredCommand& command,
    const std::optional<domain::Failure>& failure
) {
    ward(parts_.ownership.partition_of(command.command.stream));
    if (!failure) return;
    parts_.failures.suspected(command, *failure);
    uncounted_.emplace_back(command, *failure);  // in a moment: the others wait
}

void Quarantine::count() {
    while (!uncounted_.empty()) {
        const auto& [command, failure] = uncounted_.front();
        parts_.attempts.add(command, failure);
        domain::AttemptedCommand& known = attempted_[command.position];
        known.position = command.position;
        known.stream = command.command.stream;
        if (known.attempts++ == 0) known.first = failure;
        uncounted_.erase(uncounted_.begin());
    }
}

void Quarantine::divert(std::span<const domain::StoredCommand> batch) {
    if (deadly_.empty()) return;
    for (const auto& command : batch) {
        if (deadly_.contains(command.command.stream)) {
            ward(parts_.ownership.partition_of(command.command.stream));
        }
    }
}

void Quarantine::look() {
    attempted_.clear();
    for (auto& known : parts_.attempts.open()) {
        const auto partition = parts_.ownership.partition_of(known.stream);
        if (parts_.ownership.owns(partition)) ward(partition);
        attempted_[known.position] = std::move(known);
    }
    const auto now = parts_.clock.elapsed();
    std::erase_if(deadly_, [&](const auto& entry) { return entry.second.until <= now; });
}

void Quarantine::claimed(std::span<const domain::CommandPartition> partitions) {
    for (const auto& partition : partitions) {
        const auto found = wards_.find(partition);
        if (found == wards_.end()) continue;
        end(found->second);
        parts_.ownership.set_apart(partition);
    }
    look();
}

void Quarantine::disowned() {
    for (auto& [partition, ward] : wards_) end(ward);
}

void Quarantine::begin_anew() {
    disowned();
    wards_.clear();
    released_.clear();
}

bool Quarantine::step() {
    count();
    worked_ = false;
    for (auto next = wards_.begin(); next != wards_.end();) {
        auto& [partition, ward] = *next;
        if (!parts_.ownership.owns(partition)) {
            end(ward);
        } else if (step(partition, ward)) {
            worked_ = true;
        }
        const bool over = !ward.trial && ward.until <= parts_.clock.elapsed();
        if (over) {
            end(ward);
            parts_.ownership.rejoin(partition);
            released_.push_back(partition);
        }
        next = over ? wards_.erase(next) : std::next(next);
    }
    return worked_;
}

bool Quarantine::step(const domain::CommandPartition& partition, Ward& ward) {
    return ward.trial ? go_on(partition, ward) : begin(partition, ward);
}

bool Quarantine::begin(const domain::CommandPartition& partition, Ward& ward) {
    const std::size_t batch_max = ward.one_by_one ? 1 : settings_.batch_max;
    auto batch = parts_.ownership.read_apart(partition, parts_.commands, batch_max);
    if (batch.empty()) return false;
    const auto doomed = [&](const auto& command) { return doom(command).has_value(); };
    const auto first_doomed = std::ranges::find_if(batch, doomed);
    if (first_doomed == batch.begin()) {
        const domain::Verdict verdict{{}, *doom(batch.front())};
        return append(partition, ward, {&batch.front(), 1}, {verdict});
    }
    if (!room_for(ward)) return false;
    batch.erase(first_doomed, batch.end());
    if (!ward.decider) ward.decider = parts_.deciders.take();
    ward.batch = std::move(batch);
    ward.trial.emplace(*ward.decider, parts_.events, settings_.page_max);
    ++under_way_;
    ward.trial->begin(ward.batch, ward.held, settings_.decide_timeout);
    return true;
}

bool Quarantine::go_on(const domain::CommandPartition& partition, Ward& ward) {
    // What an operator wants skipped is not waited for.
    const auto doomed = [&](const auto& command) { return doom(command).has_value(); };
    if (std::ranges::any_of(ward.batch, doomed)) {
        end(ward);
        return true;
    }
    domain::Progress progress = ward.trial->wait(0ms);
    if (auto* verdicts = std::get_if<domain::Verdicts>(&progress)) {
        --under_way_;
        ward.trial.reset();
        const auto batch = std::exchange(ward.batch, {});
        return append(partition, ward, batch, std::move(*verdicts));
    }
    if (const auto* gone = std::get_if<domain::Lost>(&progress)) {
        lost(ward, *gone);
        return true;
    }
    return false;
}

void Quarantine::lost(Ward& ward, const domain::Lost& lost) {
    const auto batch = ward.batch;
    end(ward);
    if (!lost.command) {
        if (!lost.nonsense) throw domain::WorldError("a decider ended by itself: " + lost.reason);
        ward.one_by_one = true;  // so the next time it is known at which
        if (batch.size() > 1) return;
    }
    const domain::StoredCommand& suspect = batch.at(lost.command.value_or(0));
    std::string code = lost.folding ? "unreadable-history" : lost.stalled ? "timed-out" : "crashed";
    take(suspect, domain::Failure{std::move(code), lost.reason});
}

bool Quarantine::append(
    const domain::CommandPartition& partition,
    Ward& ward,
    std::span<const domain::StoredCommand> batch,
    domain::Verdicts verdicts
) {
    domain::EventBatch answers;
    answers.moves.push_back(parts_.ownership.move_apart(partition, batch.back().position));
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (const auto* failure = std::get_if<domain::Failure>(&verdicts[i].what)) {
            const auto known = attempted_.find(batch[i].position);
            parts_.failures.failed(
                batch[i],
                *failure,
                known != attempted_.end() ? known->second.attempts
                                          : attempts_of(*failure, settings_.attempts)
            );
        }
        auto events = answer(batch[i], std::move(verdicts[i]), parts_.clock.now());
        std::ranges::move(events, std::back_inserter(answers.events));
    }
    parts_.failures.explain();
    const auto result = parts_.events.append(answers);
    if (std::holds_alternative<domain::Appended>(result)) {
        parts_.ownership.moved_apart(answers.moves.front());
        ward.held = {};
        parts_.notifier.appended(domain::Log::events);
        return true;
    }
    // What its decider knows is ahead of the store, or behind it.
    end(ward);
    if (const auto* fenced = std::get_if<domain::Fenced>(&result)) {
        parts_.ownership.disown(fenced->partitions, parts_.clock.elapsed());
    } else if (const auto* taken = std::get_if<domain::Taken>(&result)) {
        ward.held.learn(taken->holders);
    }
    return true;
}

/// May it have a decider? Those of partitions that rest go first.
bool Quarantine::room_for(const Ward& ward) {
    if (ward.decider) return true;
    const auto with_decider = [](const auto& entry) { return entry.second.decider != nullptr; };
    if (std::cmp_less(std::ranges::count_if(wards_, with_decider), settings_.deciders_max)) {
        return true;
    }
    const auto resting = std::ranges::find_if(wards_, [&](const auto& entry) {
        return entry.second.decider && !entry.second.trial;
    });
    if (resting == wards_.end()) return false;
    resting->second.decider.reset();
    return true;
}

/// Why this command is not tried any more; nothing if it is.
std::optional<domain::Failure> Quarantine::doom(const domain::StoredCommand& command) {
    const auto known = attempted_.find(command.position);
    if (known != attempted_.end()) {
        const domain::AttemptedCommand& tried = known->second;
        if (tried.skip) return domain::Failure{"skipped", "by the operator"};
        if (tried.attempts >= settings_.attempts) {
            if (tried.first.code == "unreadable-history" && deadly_.size() < deadly_max) {
                const auto until = parts_.clock.elapsed() + deadly_for;
                deadly_.try_emplace(command.command.stream, Deadly{tried.first, until});
            }
            return tried.first;
        }
    }
    const auto deadly = deadly_.find(command.command.stream);
    if (deadly != deadly_.end()) return deadly->second.failure;
    return std::nullopt;
}

}  // namespace services::worker

#include "services/worker/worker.hpp"

#include "domain/kernel/error.hpp"
#include "services/worker/decision.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace services::worker {
namespace {

// Streams of owned partitions change only through this worker, so a conflict is cured by reading
// once. One that stays is a fault of the store, and going round would only hide it.
constexpr int rounds_max = 3;

}  // namespace

Worker::Worker(
    WorkerParts parts,
    domain::Topics topics,
    std::int32_t partitions,
    WorkerSettings settings
)
    : parts_(parts),
      settings_(settings),
      ownership_(std::move(topics), partitions),
      cache_(settings.states_max) {}

bool Worker::step() {
    try {
        return work();
    } catch (...) {
        // Whether the last append happened is unknown, so nothing in memory can be trusted. Records
        // that come meanwhile would only be dropped: they wait with the broker.
        ownership_.disown_all(parts_.clock.elapsed());
        parts_.consumer.pause();
        paused_ = true;
        throw;
    }
}

bool Worker::work() {
    const auto wait = ownership_.any_behind() ? std::chrono::milliseconds{0} : settings_.poll_wait;
    const domain::Polled polled = parts_.consumer.poll(settings_.batch_max, wait);
    ownership_.revoke(polled.revoked);
    ownership_.assign(polled.assigned);
    claim();
    Batch batch = ownership_.take(polled.records);
    if (domain::due(parts_.clock, looked_, settings_.look_every)) {
        ownership_.look_for_silence(parts_.leases.load(domain::Log::commands));
    }
    ownership_.fill(batch, parts_.commands, settings_.batch_max);
    const bool worked = !batch.empty();
    apply(std::move(batch));
    if (domain::due(parts_.clock, committed_, settings_.commit_every)) commit();
    if (domain::due(parts_.clock, pruned_, settings_.prune_every)) parts_.claims.prune();
    return worked;
}

void Worker::claim() {
    const auto wanted = ownership_.unclaimed(parts_.clock.elapsed());
    if (!wanted.empty()) {
        const auto claims = parts_.claims.claim(wanted);
        ownership_.claimed(claims, parts_.events.head().incarnation);
        const std::set<domain::CommandPartition> fresh(wanted.begin(), wanted.end());
        cache_.forget_if([&](const domain::StreamId& stream) {
            return fresh.contains(ownership_.partition_of(stream));
        });
    }
    if (paused_ && ownership_.all_claimed()) {
        parts_.consumer.resume();
        paused_ = false;
    }
}

void Worker::apply(Batch batch) {
    for (int round = 1; !batch.empty(); ++round) {
        if (round > rounds_max) {
            throw domain::WorldError("the event log refuses the same batch again and again");
        }
        StateMap states = load(batch);
        const auto result = parts_.events.append(decide(batch, states));
        if (std::holds_alternative<domain::Appended>(result)) {
            ownership_.moved();
            for (auto& [stream, state] : states) {
                if (!unreadable_.contains(stream)) cache_.put(stream, std::move(state));
            }
            parts_.notifier.appended(domain::Log::events);
            return;
        }
        if (const auto* fenced = std::get_if<domain::Fenced>(&result)) {
            spdlog::info("{} partitions have another owner", fenced->partitions.size());
            ownership_.disown(fenced->partitions, parts_.clock.elapsed());
            const std::set<domain::CommandPartition> lost(
                fenced->partitions.begin(), fenced->partitions.end()
            );
            std::erase_if(batch, [&](const domain::StoredCommand& command) {
                return lost.contains(ownership_.partition_of(command.command.stream));
            });
        } else {
            for (const auto& stream : std::get<domain::VersionConflict>(result).streams) {
                spdlog::warn("{} {} is read anew", stream.category, stream.entity);
                cache_.forget(stream);
            }
        }
    }
}

StateMap Worker::load(const Batch& batch) {
    StateMap states;
    std::vector<domain::StreamCursor> missing;
    for (const auto& [position, command] : batch) {
        const auto [state, fresh] = states.try_emplace(command.stream);
        if (!fresh) continue;
        if (const VersionedState* known = cache_.find(command.stream)) {
            state->second = *known;
        } else {
            missing.push_back({command.stream, {}});
        }
    }
    unreadable_.clear();
    load_missing(std::move(missing), states);
    return states;
}

void Worker::load_missing(std::vector<domain::StreamCursor> missing, StateMap& states) {
    while (!missing.empty()) {
        const auto page = parts_.events.read_streams(missing, settings_.page_max);
        for (auto first = page.begin(); first != page.end();) {
            const domain::StreamId& stream = first->stream;
            const auto end = std::find_if(first, page.end(), [&](const auto& event) {
                return event.stream != stream;
            });
            VersionedState& state = states.at(stream);
            const auto* aggregate = domain::find_aggregate(parts_.aggregates, stream.category);
            try {
                if (aggregate) state.state = aggregate->fold(state.state, {first, end});
            } catch (const std::exception& thrown) {
                unreadable_[stream] = thrown.what();
            }
            state.version = std::prev(end)->version;
            first = end;
        }
        if (page.size() < settings_.page_max) return;
        // The page came in the order asked: what stands before its last stream is complete.
        const auto cut = std::find_if(missing.begin(), missing.end(), [&](const auto& cursor) {
            return cursor.stream == page.back().stream;
        });
        missing.erase(missing.begin(), cut);
        missing.front().after = page.back().version;
    }
}

domain::EventBatch Worker::decide(const Batch& batch, StateMap& states) {
    domain::EventBatch answers{ownership_.moves(), {}};
    for (const auto& command : batch) {
        const domain::StreamId& stream = command.command.stream;
        VersionedState& state = states.at(stream);
        const auto unreadable = unreadable_.find(stream);
        Answer answer = unreadable == unreadable_.end()
                            ? worker::decide(
                                  domain::find_aggregate(parts_.aggregates, stream.category),
                                  command,
                                  state,
                                  parts_.clock.now(),
                                  settings_.attempts
                              )
                            : fail(command, state, parts_.clock.now(), unreadable->second);
        if (!answer.failure.empty()) {
            spdlog::error("command {} failed: {}", command.command.id, answer.failure);
        }
        state = std::move(answer.state);
        std::move(answer.events.begin(), answer.events.end(), std::back_inserter(answers.events));
    }
    return answers;
}

}  // namespace services::worker

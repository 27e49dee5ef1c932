#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/kernel/result.hpp"
#include "domain/kernel/snapshots.hpp"
#include "domain/ports/event_log.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace domain {

/// Why a command could not be carried out. The code is for its user and for programs, the reason
/// (what was thrown, which signal) for the operator alone.
struct Failure {
    std::string code;
    std::string reason;
    friend bool operator==(const Failure&, const Failure&) = default;
};

/// What one command comes to. No events at all is "nothing new".
struct Verdict {
    StreamVersion before;  ///< of its stream
    std::variant<std::vector<NewEvent>, Rejection, Failure> what;
    friend bool operator==(const Verdict&, const Verdict&) = default;
};
using Verdicts = std::vector<Verdict>;

/// Nothing new yet.
struct Working {};
/// It needs events before it can go on: the histories of these streams, or, when none is named,
/// the next page of what it has asked for.
struct Wanted {
    std::vector<StreamId> streams;
};
/// Whoever decided is gone, and nothing came of the batch.
struct Lost {
    /// The index of the command that was under way; for a history, of the first one that needs it.
    /// None: it ended by itself.
    std::optional<std::size_t> command;
    bool folding = false;  ///< at the history, not at the command itself
    bool stalled = false;  ///< no end was in sight, so it was ended
    std::string reason;
    bool nonsense = false;  ///< it answered what cannot be, so it was ended
};
using Progress = std::variant<Working, Wanted, Verdicts, Lost>;

/// Where the code of aggregates runs: folds histories, decides commands, and keeps the states of
/// the streams that it used last. Whatever an aggregate does, throw, abort or loop, is an answer
/// here. One batch at a time; used by one thread. After Lost it is of no more use.
class Decider {
  public:
    virtual ~Decider() = default;

    /// Begins a batch, to be decided in its order, each stream on top of what the batch itself has
    /// decided. A command that takes a key of another stream is rejected: one that the batch has
    /// taken for it, or that was its own by `held`, which is what the store has said of keys.
    /// `patience` is how long it may stay at one command, or at one piece of a history.
    virtual void begin(
        std::span<const StoredCommand> batch,
        const KeyHolders& held,
        std::chrono::milliseconds patience
    ) = 0;

    /// What it wanted: events in the order of their streams and versions. `last`: that is all.
    virtual void give(std::span<const EventEnvelope> page, bool last) = 0;

    /// Of what it wanted: it goes on behind these, whatever it was given before. It wants the whole
    /// history, again, of a stream whose snapshot it cannot read.
    virtual void restore(std::span<const Snapshot> snapshots) = 0;

    /// Waits for something to happen, at most `timeout`.
    virtual Progress wait(std::chrono::milliseconds timeout) = 0;

    /// What it decided last was not stored, and may be asked again. Not while a batch is under way.
    virtual void undo() = 0;

    /// The states that are due for a snapshot as the last batch has left them. They are worth
    /// nothing until the events of that batch are stored.
    virtual std::vector<TakenSnapshot> snapshots() = 0;

    /// Another may have written the streams of these partitions, or what was decided of them has
    /// not been stored. `of`: how many there are of each category. Not while a batch is under way.
    virtual void forget(std::span<const CommandPartition> partitions, std::int32_t of) = 0;
};

/// Makes deciders; outlives them. Used by one thread.
class Deciders {
  public:
    virtual ~Deciders() = default;
    virtual std::unique_ptr<Decider> take() = 0;
};

}  // namespace domain

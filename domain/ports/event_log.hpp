#pragma once

#include "domain/kernel/cursor.hpp"
#include "domain/kernel/envelope.hpp"
#include "domain/kernel/key_holders.hpp"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace domain {

/// The commands of one category whose entities fall into one partition: what one worker owns.
struct CommandPartition {
    std::string category;
    std::int32_t partition = 0;
    friend auto operator<=>(const CommandPartition&, const CommandPartition&) = default;
};

/// "I own this partition since `epoch`, and have now done its commands from `from` up to `to`."
struct ProgressMove {
    CommandPartition partition;
    Epoch epoch;
    Position from;  ///< what the store must hold as done; else the writer was overtaken
    Position to;
    friend bool operator==(const ProgressMove&, const ProgressMove&) = default;
};

/// The events of many commands and streams, and the progress that they make: one transaction. The
/// positions of `events` are given by the log and need not be set.
struct EventBatch {
    std::vector<ProgressMove> moves;
    std::vector<EventEnvelope> events;
};

struct Appended {
    Position last;  ///< the head of the log now; the batch's events are the ones that end there
    friend bool operator==(const Appended&, const Appended&) = default;
};
/// Nothing was written: these partitions have a newer owner, or their progress is not at `from`.
struct Fenced {
    std::vector<CommandPartition> partitions;
    friend bool operator==(const Fenced&, const Fenced&) = default;
};
/// Nothing was written: these streams are not at the version that the batch builds on.
struct VersionConflict {
    std::vector<StreamId> streams;
    friend bool operator==(const VersionConflict&, const VersionConflict&) = default;
};
/// Nothing was written: an event takes a key that another stream has at that place in the log.
struct Taken {
    KeyHolders holders;  ///< before the batch, of the keys that it wants
    friend bool operator==(const Taken&, const Taken&) = default;
};
/// Where more than one thing stands against a batch, any of them.
using AppendResult = std::variant<Appended, Fenced, VersionConflict, Taken>;

/// A stream from behind some version on.
struct StreamCursor {
    StreamId stream;
    StreamVersion after;
    friend bool operator==(const StreamCursor&, const StreamCursor&) = default;
};

/// Every event that ever happened, in one dense order, and how far the commands are done. Used by
/// one thread at a time; every call blocks and throws WorldError when the store is away.
class EventLog {
  public:
    virtual ~EventLog() = default;

    /// Checks epochs, progress, versions and keys, then stores the batch at consecutive positions
    /// and moves the progress, durably, all or nothing. Keys are taken and freed in the order of
    /// the events; what its stream has already is taken again, what another has is not freed. After
    /// a throw the effect is unknown; a repeat is safe: if it was stored, it is refused (Fenced,
    /// since the progress has moved, if not for its keys), and the writer reads anew.
    ///
    /// Believes no writer about commands: each event is of a command that the command log holds at
    /// `command_position` under `command_id`, stands in that command's stream or outcome, and gets
    /// user, correlation and trace from there; progress ends at or below the head of that log.
    /// Else WorldError, and nothing is written.
    virtual AppendResult append(const EventBatch& batch) = 0;

    /// Where the log ends. Everything up to there is visible to every later read of this adapter.
    virtual Cursor head() = 0;

    /// The events after `after` in order, at most `limit`. They alone come with who hears of them.
    virtual std::vector<EventEnvelope> read(Position after, std::size_t limit) = 0;

    /// The events of these streams behind their cursors: stream by stream in the order asked, each
    /// in version order, at most `limit` in all. A reader that got `limit` asks again from there.
    virtual std::vector<EventEnvelope>
    read_streams(std::span<const StreamCursor> streams, std::size_t limit) = 0;

    /// The events that this user (by its user_key()) caused, or hears of, in (after, up_to], in
    /// order, each once, at most `limit`.
    virtual std::vector<EventEnvelope>
    read_user(const std::string& user, Position after, Position up_to, std::size_t limit) = 0;

    /// The events of one command, in order; empty while it is pending.
    virtual std::vector<EventEnvelope> read_command(Position command_position) = 0;
};

}  // namespace domain

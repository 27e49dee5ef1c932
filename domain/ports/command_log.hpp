#pragma once

#include "domain/kernel/cursor.hpp"
#include "domain/kernel/envelope.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace domain {

/// A command that asks to be accepted.
struct NewCommand {
    CommandEnvelope command;
    /// Digest of the request (path, body, expected version). A repeat of an id must bring the same.
    std::string fingerprint;
};

/// The answer to one NewCommand.
struct Acceptance {
    enum class Kind {
        accepted,    ///< stored now
        repeated,    ///< stored before, by the same request: answer as then
        mismatched,  ///< the id is taken by another request
    };
    Kind kind = Kind::accepted;
    Position position;  ///< in the command log; of the first one where repeated
    Cursor
        cursor;  ///< the event log's head before the command: none of its events is at or below it
    std::string correlation_id;  ///< as stored first
    friend bool operator==(const Acceptance&, const Acceptance&) = default;
};

/// Part of the command log: what a reader of one topic partition has to know.
struct CommandRange {
    std::string category;
    std::int32_t partition = 0;
    std::int32_t partitions = 1;  ///< in all; see domain::partition_of
    Position after;               ///< exclusive
    Position up_to;               ///< inclusive
    Position open_up_to{};  ///< of those at or below it, the ones that are answered are left out
};

/// Every command ever accepted, in one dense order. Used by one thread at a time; every call blocks
/// and throws WorldError when the store is away.
class CommandLog {
  public:
    virtual ~CommandLog() = default;

    /// Stores the new ones of a batch at consecutive positions, in the batch's order, and answers
    /// each in its place. On return everything answered as accepted is durable. All or nothing;
    /// after a throw the effect is unknown, and repeating the whole batch is safe: what was stored
    /// is then answered as repeated. A batch may hold one id twice: the later one is a repeat.
    virtual std::vector<Acceptance> append(std::span<const NewCommand> batch) = 0;

    /// Where the log ends.
    virtual Position head() = 0;

    virtual std::optional<StoredCommand> find(const std::string& id) = 0;

    /// The command of this id if this user sent it (whatever the claims). One of somebody else is
    /// not read: to look for it takes as long as to look for none.
    virtual std::optional<StoredCommand> find(const std::string& id, const Issuer& user) = 0;

    /// The commands after `after` in order, at most `limit`.
    virtual std::vector<StoredCommand> read(Position after, std::size_t limit) = 0;

    /// The commands of the range in order, at most `limit`.
    virtual std::vector<StoredCommand> read_range(const CommandRange& range, std::size_t limit) = 0;
};

}  // namespace domain

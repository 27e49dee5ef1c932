#pragma once

#include "domain/kernel/reservation.hpp"
#include "domain/kernel/snapshots.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/relay_leases.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace domain {

/// The rows that a log has: those in (floor, head].
struct LogBounds {
    Position floor;
    Position head;
    friend bool operator==(const LogBounds&, const LogBounds&) = default;
};

/// The commands of a range that belong to one partition.
struct PartitionAnswers {
    CommandPartition partition;
    Position answered;               ///< the highest that has events; 0: none has
    std::vector<Position> pending;   ///< those that have none
    std::vector<Position> doubtful;  ///< at least those whose events are no right answer
};

/// A key that is reserved.
struct HeldKey {
    std::string entity;
    std::string scope;
    std::string key;
    friend auto operator<=>(const HeldKey&, const HeldKey&) = default;
};

/// What a stream holds at its present version; 0: it has no events.
struct Holding {
    StreamVersion version;
    std::vector<HeldKey> keys;
};

/// A row that says who hears of an event.
struct Recipient {
    Position position;
    std::string user;
    bool of_event = false;   ///< there is such an event,
    bool is_sender = false;  ///< and that user's command caused it
    friend bool operator==(const Recipient&, const Recipient&) = default;
};

/// What stands beside the logs, as far as it could be wrong.
struct Standing {
    std::vector<CommandPartition> unclaimed;  ///< that have progress and no epoch
    std::vector<Position> attempts_of_none;   ///< at which no command stands
    std::vector<std::string> reserving;       ///< categories of reservations, in order
};

/// The store for who has to tell whether it can be right. Reads only, and each call is one look at
/// one moment. It leaves out what is evidently right, so that a store of ten million rows need not
/// travel; what it gives is judged by who asks. Used by one thread at a time; every call blocks,
/// for a range of some ten thousand rows far less than a second, and throws WorldError when the
/// store is away.
class Audit {
  public:
    virtual ~Audit() = default;

    virtual LogBounds bounds(Log log) = 0;

    virtual Standing standing() = 0;

    /// The positions in (after, up_to] at which the log has no row, at most `limit`.
    virtual std::vector<Position>
    holes(Log log, Position after, Position up_to, std::size_t limit) = 0;

    /// How the commands in (after, up_to] are answered, by their partitions, of which there are so
    /// many.
    virtual std::vector<PartitionAnswers>
    answers(Position after, Position up_to, std::int32_t partitions) = 0;

    /// The events of the commands in (after, up_to], in the order of these and then of their
    /// ordinals. Without who hears of them.
    virtual std::vector<EventEnvelope> answer_events(Position after, Position up_to) = 0;

    /// The positions in (after, up_to] at which no command stands, though events say that they are
    /// of one; at most `limit`.
    virtual std::vector<Position> strays(Position after, Position up_to, std::size_t limit) = 0;

    /// Those in (after, up_to] that cannot be: of no event, of its sender, or of nobody who can be
    /// a user. Others may be among them.
    virtual std::vector<Recipient> recipients(Position after, Position up_to) = 0;

    /// The snapshots in this form that stand (see SnapshotStore), of the entities in (after,
    /// up_to], in their order, at most `limit`.
    virtual std::vector<Snapshot> snapshots(
        const std::string& category,
        const std::string& form,
        const std::string& after,
        const std::string& up_to,
        std::size_t limit
    ) = 0;

    /// The keys that entities in (after, up_to] hold, in order. No `up_to`: to the end.
    virtual std::vector<HeldKey> keys(
        const std::string& category,
        const std::string& after,
        const std::optional<std::string>& up_to
    ) = 0;

    virtual Holding holding(const StreamId& stream) = 0;
};

}  // namespace domain

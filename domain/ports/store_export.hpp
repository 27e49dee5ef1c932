#pragma once

#include "domain/kernel/archive.hpp"
#include "domain/ports/command_attempts.hpp"
#include "domain/ports/dead_letters.hpp"
#include "domain/ports/relay_leases.hpp"
#include "domain/ports/subscriptions.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace domain {

/// Where a log stands.
struct LogEnd {
    std::int64_t incarnation = 1;
    Position floor;
    Position head;
    std::int32_t partitions = 0;  ///< over which keys are spread; 0: no process has run yet
};

/// What is known of a command that failed, besides what both logs say.
struct LetterNote {
    Position command;
    Position failed_at;  ///< of its outcome in the event log
    int attempts = 0;
    std::string reason{};
    DeadLetterState state = DeadLetterState::open;
    std::string retried_as{};  ///< the id of that command, and
    Position retried_at{};     ///< where it stands in the command log; 0: nowhere
    friend bool operator==(const LetterNote&, const LetterNote&) = default;
};

/// A row of what stands beside the logs and cannot be found in them. Of an attempted command its
/// stream is not said.
using BesideRow = std::variant<LetterNote, AttemptedCommand, Subscription>;

/// The whole store, to be read in the order of its rows. Reads only, each call in a short
/// transaction of its own. Used by one thread at a time; every call blocks, and throws WorldError
/// when the store is away.
class StoreExport {
  public:
    virtual ~StoreExport() = default;

    virtual LogEnd end(Log log) = 0;

    /// The rows in (after, up_to], in order.
    virtual std::vector<ArchivedCommand> commands(Position after, Position up_to) = 0;
    virtual std::vector<EventEnvelope> events(Position after, Position up_to) = 0;

    /// Of commands behind `after`, in their order, at most `limit`.
    virtual std::vector<LetterNote> letters(Position after, std::size_t limit) = 0;
    virtual std::vector<AttemptedCommand> attempts() = 0;
    virtual std::vector<Subscription> subscriptions() = 0;
};

}  // namespace domain

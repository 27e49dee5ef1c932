#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/ports/decider.hpp"

#include <string>
#include <vector>

namespace domain {

/// A command without an answer that has taken down who tried it, or that an operator does not want
/// to be tried.
struct AttemptedCommand {
    Position position;
    StreamId stream;
    int attempts = 0;
    bool skip = false;
    Failure first;  ///< what came of the first attempt
    friend bool operator==(const AttemptedCommand&, const AttemptedCommand&) = default;
};

/// How often commands were tried in vain, for all workers and over their restarts. Used by one
/// thread at a time; every call blocks and throws WorldError when the store is away.
class CommandAttempts {
  public:
    virtual ~CommandAttempts() = default;

    /// One more. The failure is kept if it is the first.
    virtual void add(const StoredCommand& command, const Failure& failure) = 0;

    enum class Skipped { marked, unknown, answered };
    /// Whoever comes to this command fails it at once.
    virtual Skipped skip(const std::string& command_id) = 0;

    /// Those that have no answer yet, in the order of their positions.
    virtual std::vector<AttemptedCommand> open() = 0;

    /// Forgets those that have. Safe at any time.
    virtual void prune() = 0;
};

}  // namespace domain

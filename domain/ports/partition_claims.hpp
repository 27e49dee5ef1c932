#pragma once

#include "domain/kernel/generation.hpp"
#include "domain/ports/event_log.hpp"

#include <span>
#include <string>
#include <vector>

namespace domain {

/// Ownership of a partition, from now until somebody else claims it.
struct Claim {
    CommandPartition partition;
    Epoch epoch;
    Position done;         ///< the last command that is done; the owner goes on behind it
    std::string holder{};  ///< who claimed it, for people to read; empty: it was not said
    friend bool operator==(const Claim&, const Claim&) = default;
};

/// Who may write the progress of which partition. Used by one thread at a time; every call blocks
/// and throws WorldError when the store is away.
class PartitionClaims {
  public:
    virtual ~PartitionClaims() = default;

    /// Raises the epoch of each, under the event log's lock: whatever an earlier owner has not
    /// committed by now is refused. A repeat is safe and fences the first. Partitions are of a
    /// generation: where another one is in force, none is claimed and nothing is returned.
    virtual std::vector<Claim>
    claim(std::span<const CommandPartition> partitions, const Generation& generation) = 0;

    /// How far each partition of the present generation is done that was ever claimed.
    virtual std::vector<Claim> all() = 0;

    /// Forgets progress that is no longer the newest of its partition. Safe at any time.
    virtual void prune() = 0;
};

}  // namespace domain

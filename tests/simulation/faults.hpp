#pragma once

#include "tests/simulation/random.hpp"

#include <array>
#include <cstdint>
#include <set>
#include <string_view>

namespace simulation {

/// What goes wrong. Each has its name and rate in faults.cpp.
enum class Fault {
    crash,              ///< a process dies between two calls of its ports, or within one
    restart,            ///< a process is stopped in order and started again
    freeze,             ///< a process stands still between two steps
    interleave,         ///< a process stands still in a call, while everything else goes on
    store_away,         ///< the store refuses all for a while
    store_refuses,      ///< the store refuses one call
    lost_commit,        ///< a transaction is committed, and whoever sent it is not told
    lagging_replica,    ///< the store that a gateway reads from stays behind
    store_restored,     ///< a backup takes the place of the store, under a new incarnation
    broker_away,        ///< Kafka is unreachable for a while
    broker_wiped,       ///< Kafka is replaced by an empty one
    tail_lost,          ///< a partition loses its last records
    lost_produce,       ///< records are stored by Kafka, and their relay is not told
    late_records,       ///< what a relay gave up, or a dead one had sent, arrives long after
    repeated_records,   ///< a consumer gets old records again
    reordered_records,  ///< a consumer gets records in another order
    delayed_records,    ///< a consumer gets records polls later
    dropped_records,    ///< a consumer never gets some records
    foreign_records,    ///< somebody else writes to our topics
    forged_records,     ///< somebody writes what looks like a relay's
    altered_records,    ///< somebody changes or moves a relay's records
    replayed_records,   ///< somebody writes a relay's records once more
    deleted_records,    ///< somebody deletes a record before he writes another in its place
    remade_topic,       ///< somebody deletes a topic and makes it with other partitions
    rotated_keys,       ///< the operator signs with a new key, the old ones having been stolen
    lost_offsets,       ///< a commit of offsets does not arrive
    expired_member,     ///< a live worker is taken for dead by its group
    deadly_command,     ///< a command that aborts, loops or throws what is no exception
    unknown_category,   ///< a gateway takes a command of a category that only it knows
    older_build,        ///< a relay starts that does not know a category
    lost_reply,         ///< the client never gets the answer to its request
    concurrent_retry,   ///< the client sends a request to two gateways at once
    late_retry,         ///< the client sends a request again long after its answer
    reused_key,         ///< the client sends another request under an old key
    slow_client,        ///< the client reads its stream slowly
    vanished_client,    ///< the client's connection is cut, in the middle of whatever it is at
    repartition,        ///< the operator changes the number of partitions
    count,
};
inline constexpr auto fault_kinds = static_cast<std::size_t>(Fault::count);

std::string_view to_string(Fault fault);

using FaultCounts = std::array<std::uint64_t, fault_kinds>;

/// Decides what goes wrong, from a seed. Each seed has its own kinds and rates, so that some run
/// quietly into what others never reach for noise (Groce and others, "Swarm testing", ISSTA 2012).
///
/// Each fault that strikes has a number; those `without` are left out, and all else is drawn as
/// before: so a failure is made shorter.
class Faults {
  public:
    Faults(std::uint64_t seed, std::set<int> without);

    /// Does it happen, here and now?
    bool strikes(Fault fault);

    /// Nothing goes wrong from now on.
    void end() { ended_ = true; }
    bool ended() const { return ended_; }

    /// Of the last that struck.
    int number() const { return drawn_; }

    const FaultCounts& counts() const { return counts_; }

  private:
    Random random_;
    const std::set<int> without_;
    std::array<int, fault_kinds> rates_{};  ///< of 10,000
    FaultCounts counts_{};
    int drawn_ = 0;
    bool ended_ = false;
};

}  // namespace simulation

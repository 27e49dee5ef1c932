#pragma once

#include "domain/kernel/topics.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/partition_claims.hpp"
#include "domain/ports/relay_leases.hpp"
#include "gateway/commands/refusal.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace gateway::commands {

struct BacklogSettings {
    /// Commands accepted since the oldest one that its partition has still to do; 0: any number.
    std::size_t commands_max = 100'000;
    std::size_t per_user_percent =
        10;  ///< of the room that is left, what one user may take until a look
};

/// How far the workers are behind the command log. More than they will do soon is refused: a 202
/// whose event comes in an hour is no use to a user, and accepting takes processor time from doing.
/// What is behind is told for each partition, so that one that stands still closes itself only.
///
/// It is looked at now and then, and what is let in since a look began is counted; so the limit is
/// kept to within what waits in an intake when a look begins, and what other gateways accept
/// between two.
class Backlog {
  public:
    Backlog(
        domain::CommandLog& commands,
        domain::PartitionClaims& claims,
        domain::RelayLeases& leases,
        domain::Topics topics,
        std::int32_t partitions,
        BacklogSettings settings = {}
    );

    /// Reads where log, relay and workers are. Of one thread; blocks, and throws WorldError when
    /// the store is away.
    void look();

    /// Lets a command of this user in, or says why not. Any thread; does not block.
    std::optional<Refusal> enter(const std::string& user, const domain::StreamId& stream);

  private:
    struct Entered {
        std::int64_t all = 0;
        std::unordered_map<std::string, std::int64_t> by_user;
    };

    std::int64_t behind(const domain::StreamId& stream) const;
    void forget(const Entered& seen);

    domain::CommandLog& commands_;
    domain::PartitionClaims& claims_;
    domain::RelayLeases& leases_;
    const domain::Topics topics_;
    const BacklogSettings settings_;

    std::mutex mutex_;
    std::int32_t partitions_;  ///< as the store had it at the last look
    std::int64_t unsent_ = 0;  ///< commands that the relay has not brought to Kafka
    std::map<domain::CommandPartition, std::int64_t> behind_;  ///< where the workers lag
    Entered entered_;                                          ///< since the last look began
};

}  // namespace gateway::commands

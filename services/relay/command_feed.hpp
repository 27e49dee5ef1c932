#pragma once

#include "domain/kernel/topics.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/partition_claims.hpp"
#include "services/relay/feed.hpp"

#include <string>
#include <vector>

namespace services::relay {

/// The command log: each command goes to the topic of its category, keyed by entity. One of a
/// category that is not among `categories` is passed over: see services/worker/strays.hpp.
class CommandFeed final : public Feed {
  public:
    CommandFeed(
        domain::CommandLog& commands,
        domain::EventLog& events,
        domain::PartitionClaims& claims,
        domain::Topics topics,
        std::vector<std::string> categories,
        std::int32_t partitions
    );

    domain::Log log() const override { return domain::Log::commands; }
    void spread_over(std::int32_t partitions) override { partitions_ = partitions; }
    std::vector<domain::TopicSpec> topics() const override;
    std::int64_t incarnation() override { return events_.head().incarnation; }
    std::vector<Outgoing> read(domain::Position after, std::size_t limit) override;

    /// Where the workers stand that have something left to do.
    domain::Position restart_position(const domain::RelayCheckpoint& checkpoint) override;

  private:
    domain::CommandLog& commands_;
    domain::EventLog& events_;
    domain::PartitionClaims& claims_;
    domain::Topics topics_;
    std::vector<std::string> categories_;
    std::int32_t partitions_;
};

}  // namespace services::relay

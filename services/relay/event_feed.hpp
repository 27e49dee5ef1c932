#pragma once

#include "domain/kernel/topics.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/event_log.hpp"
#include "services/relay/feed.hpp"

#include <optional>
#include <string>
#include <vector>

namespace services::relay {

/// The event log: each event goes to the topic of its category, keyed by entity, and to the
/// replies, keyed by the user who caused it. Outcomes go to the replies only; a failed command
/// goes, as it was sent, to the dead letters too. Of a category that is not among `categories`,
/// events go to the replies only.
class EventFeed final : public Feed {
  public:
    EventFeed(
        domain::EventLog& events,
        domain::CommandLog& commands,
        domain::Topics topics,
        std::vector<std::string> categories,
        std::int32_t partitions
    );

    domain::Log log() const override { return domain::Log::events; }
    void spread_over(std::int32_t partitions) override { partitions_ = partitions; }
    std::vector<domain::TopicSpec> topics() const override;
    std::int64_t incarnation() override { return events_.head().incarnation; }
    std::vector<Outgoing> read(domain::Position after, std::size_t limit) override;

    /// The checkpoint itself: the gateways read what the broker lost from the store, by user.
    domain::Position restart_position(const domain::RelayCheckpoint& checkpoint) override {
        return checkpoint.position;
    }

  private:
    void add_replies(
        const domain::EventEnvelope& event,
        domain::Record record,
        std::vector<domain::Record>& records
    ) const;
    std::optional<domain::Record> dead_letter(const domain::EventEnvelope& failure);

    domain::EventLog& events_;
    domain::CommandLog& commands_;
    domain::Topics topics_;
    std::vector<std::string> categories_;
    std::int32_t partitions_;
};

}  // namespace services::relay

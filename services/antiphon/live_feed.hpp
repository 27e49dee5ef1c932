#pragma once

#include "domain/kernel/repeats.hpp"
#include "gateway/sse/feed.hpp"
#include "gateway/sse/hub.hpp"
#include "infra/crypto/hmac_record_verifier.hpp"
#include "infra/kafka/kafka_tail_consumer.hpp"
#include "services/antiphon/kafka.hpp"
#include "services/antiphon/settings.hpp"
#include "services/antiphon/store.hpp"

#include <functional>
#include <string>
#include <vector>

namespace services::antiphon {

/// Which records a process shows to its clients, and as what.
struct LiveFeedSettings {
    std::string name;  ///< for the log
    std::vector<std::string> topics{};
    gateway::sse::FeedFrames frames;
    /// Read all the time, and the process is ready when it does; else only what somebody listens
    /// to, and Kafka is of no concern while nobody does.
    bool always = false;
};

/// From topics of Kafka to a hub on the io_context, by a thread of its own.
struct LiveFeed {
    LiveFeed(
        const Settings& settings,
        const LiveFeedSettings& what,
        KafkaReports& kafka,
        Process& process
    );

    gateway::sse::Hub hub;

  private:
    bool step();
    std::vector<gateway::sse::FeedPartition> hand_over(gateway::sse::FeedBatch batch);

    Process& process_;
    const LiveFeedSettings what_;
    const gateway::sse::FeedSettings feed_settings_;
    bool started_ = false;  ///< the hub knows where it stands; on the io_context
    Store store_;
    infra::kafka::KafkaTailConsumer consumer_;
    infra::crypto::HmacRecordVerifier verifier_;
    domain::Repeats left_out_;  ///< for the log; on the thread of the feed
    gateway::sse::Feed feed_;
};

}  // namespace services::antiphon

#include "services/antiphon/live_feed.hpp"

#include "domain/kernel/error.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <future>
#include <memory>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;
using gateway::sse::FeedBatch;
using gateway::sse::FeedPartition;

gateway::sse::FeedSettings feed_settings(const Settings& settings, const LiveFeedSettings& what) {
    gateway::sse::FeedSettings feed;
    feed.topics = what.topics;
    feed.partitions = settings.partitions;
    return feed;
}

std::vector<domain::TopicPartition>
partitions_of(const LiveFeedSettings& what, const Settings& settings) {
    std::vector<domain::TopicSpec> topics;
    for (const std::string& topic : what.topics) topics.push_back({topic, settings.partitions});
    return infra::kafka::partitions_of(topics);
}

}  // namespace

LiveFeed::LiveFeed(
    const Settings& settings,
    const LiveFeedSettings& what,
    KafkaReports& kafka,
    Process& process
)
    : hub(settings.partitions, what.topics.size()),
      process_(process),
      what_(what),
      feed_settings_(feed_settings(settings, what)),
      store_(settings.postgres),
      consumer_(settings.kafka, kafka.of_a_client(what.always)),
      verifier_(store_.record_keys, process.clock()),
      feed_(
          consumer_,
          verifier_,
          store_.events,
          store_.leases,
          process.clock(),
          feed_settings_,
          what.frames,
          [this](FeedBatch batch) { return hand_over(std::move(batch)); }
      ) {
    if (what.always) {
        process.ready_when("Kafka's " + what.name + " have not been reached", [this] {
            return started_;
        });
        consumer_.follow(partitions_of(what, settings));  // so that wrong settings end the start
    }
    process.add({
        .name = "feed of " + what.name,
        .step = [this] { return step(); },
        .wait = [] {},
        .vital = what.always,
    });
}

/// Settings that Kafka's library does not take are found at the first client: too late to end us.
bool LiveFeed::step() {
    try {
        return feed_.step();
    } catch (const domain::SetupError& error) {
        throw domain::WorldError(error.what());
    }
}

/// Returns when the io_context has taken the batch, or will never again.
std::vector<FeedPartition> LiveFeed::hand_over(FeedBatch batch) {
    const auto unfit = batch.malformed + batch.forged;
    if (const auto count = left_out_.occurred(process_.clock().elapsed(), unfit))
        spdlog::warn("{} records of {} were not what stands there: left out", count, what_.name);
    using Take = std::packaged_task<std::vector<FeedPartition>()>;
    const auto take = std::make_shared<Take>([this, batch = std::move(batch)] {
        started_ = started_ || !batch.starts.empty();
        hub.take(batch);
        return what_.always ? hub.all() : hub.listened();
    });
    auto taken = take->get_future();
    boost::asio::post(process_.io(), [take] { (*take)(); });
    while (taken.wait_for(100ms) != std::future_status::ready) {
        if (process_.io().stopped()) return {};
    }
    return taken.get();
}

}  // namespace services::antiphon

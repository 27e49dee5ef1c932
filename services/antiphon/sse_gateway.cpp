#include "services/antiphon/sse_gateway.hpp"

#include "services/antiphon/kafka.hpp"
#include "services/antiphon/roles.hpp"

#include <boost/asio/post.hpp>

#include <semaphore>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;
using gateway::sse::FeedBatch;

/// Calls `take` on the io_context and returns when it has, or will never again.
void hand_over(
    boost::asio::io_context& io,
    FeedBatch batch,
    const std::function<void(const FeedBatch&)>& take
) {
    const auto taken = std::make_shared<std::binary_semaphore>(0);
    boost::asio::post(io, [taken, take, batch = std::move(batch)] {
        take(batch);
        taken->release();
    });
    while (!taken->try_acquire_for(100ms) && !io.stopped()) continue;
}

gateway::sse::FeedSettings feed_settings(const Settings& settings) {
    gateway::sse::FeedSettings feed;
    feed.topic = settings.topics.replies();
    feed.partitions = settings.partitions;
    return feed;
}

}  // namespace

SseGateway::SseGateway(const Settings& settings, Edge& edge, Process& process)
    : hub(settings.partitions),
      store(settings.postgres),
      consumer(settings.kafka, {{settings.topics.replies(), settings.partitions}}, kafka_log()),
      feed(
          consumer,
          store.events,
          store.leases,
          process.clock(),
          feed_settings(settings),
          [this, &process](FeedBatch batch) {
              hand_over(process.io(), std::move(batch), [this](const FeedBatch& taken) {
                  started = started || taken.start;
                  hub.take(taken);
              });
          }
      ),
      routes(hub, edge.authenticator, edge.readers, process.clock(), settings.sse) {
    routes.add_to(process.router());
    process.ready_when("Kafka's replies have not been reached", [this] { return started; });
    process.add({
        .name = "reply feed",
        .step = [this] { return feed.step(); },
        .wait = [] {},
    });
}

void run_sse_gateway(const Settings& settings) {
    Process process;
    Edge edge(settings, process);
    SseGateway gateway(settings, edge, process);
    process.serve(settings.http, settings.drain_limit);
}

}  // namespace services::antiphon

#pragma once

#include "gateway/sse/event_routes.hpp"
#include "gateway/sse/feed.hpp"
#include "gateway/sse/hub.hpp"
#include "infra/kafka/kafka_tail_consumer.hpp"
#include "services/antiphon/edge.hpp"

namespace services::antiphon {

/// From the replies on Kafka to the users' event streams.
struct SseGateway {
    SseGateway(const Settings& settings, Edge& edge, Process& process);

    gateway::sse::Hub hub;
    bool started = false;  ///< the hub knows where it stands; on the io_context
    Store store;
    infra::kafka::KafkaTailConsumer consumer;
    gateway::sse::ReplyFeed feed;
    gateway::sse::EventRoutes routes;
};

}  // namespace services::antiphon

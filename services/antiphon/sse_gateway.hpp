#pragma once

#include "gateway/sse/event_routes.hpp"
#include "services/antiphon/edge.hpp"
#include "services/antiphon/live_feed.hpp"

namespace services::antiphon {

/// From the replies on Kafka to the users' event streams.
struct SseGateway {
    SseGateway(const Settings& settings, Edge& edge, KafkaReports& kafka, Process& process);

    LiveFeed replies;
    gateway::sse::EventRoutes routes;
};

}  // namespace services::antiphon

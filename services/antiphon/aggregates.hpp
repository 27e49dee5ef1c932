#pragma once

#include "domain/kernel/aggregate.hpp"
#include "gateway/aggregates/aggregate_reader.hpp"
#include "gateway/aggregates/aggregate_routes.hpp"
#include "services/antiphon/edge.hpp"
#include "services/antiphon/live_feed.hpp"

namespace services::antiphon {

/// Aggregates as they are, and as they go on: from the store, and from their events on Kafka to
/// those who follow them.
struct Aggregates {
    Aggregates(const Settings& settings, Edge& edge, KafkaReports& kafka, Process& process);

    std::vector<domain::AggregatePtr> all = domain::all_aggregates();
    gateway::aggregates::AggregateReader reader;
    LiveFeed events;
    gateway::aggregates::AggregateRoutes routes;
};

}  // namespace services::antiphon

#pragma once

#include "domain/kernel/aggregate.hpp"
#include "gateway/aggregates/aggregate_reader.hpp"
#include "gateway/aggregates/aggregate_routes.hpp"
#include "services/antiphon/edge.hpp"
#include "services/antiphon/live_feed.hpp"
#include "services/antiphon/snapshots.hpp"

namespace services::antiphon {

/// Aggregates as they are, and as they go on: from the store, and from their events on Kafka to
/// those who follow them.
struct Aggregates {
    Aggregates(const Settings& settings, Edge& edge, KafkaReports& kafka, Process& process);

    std::vector<domain::AggregatePtr> all = domain::all_aggregates();
    Snapshots snapshots;
    gateway::aggregates::AggregateReader reader;
    LiveFeed events;
    gateway::aggregates::AggregateRoutes routes;
};

}  // namespace services::antiphon

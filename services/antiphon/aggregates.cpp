#include "services/antiphon/aggregates.hpp"

#include "infra/process/child_folder.hpp"
#include "services/antiphon/decider.hpp"

#include <algorithm>

namespace services::antiphon {
namespace {

/// What folds the aggregates that are shown; another one is there when it is lost. A history that
/// is read page by page wants its state kept, however few aggregates are.
infra::process::ChildrenSettings folder_settings(const Settings& settings) {
    constexpr std::size_t states_min = 100;
    const auto states_max = std::max(settings.aggregates.folds_max, states_min);
    return {.arguments = decider_arguments(settings, states_max, settings.snapshots), .spares = 1};
}

/// For the thread that reads aggregates.
gateway::Stores
open_with_folder(StoreConnections& connections, Snapshots& snapshots, const Settings& settings) {
    infra::postgres::Connection& connection = connections.connect();
    return {
        .commands = nullptr,
        .events = std::make_unique<infra::postgres::PostgresEventLog>(connection),
        .folder = std::make_unique<infra::process::ChildFolder>(
            folder_settings(settings), settings.fold_timeout
        ),
        .snapshots = snapshots.on(connection)};
}

gateway::aggregates::AggregateReaderSettings reader_settings(const Settings& settings) {
    auto reader = settings.aggregates;
    reader.claim_names = settings.token_check.names;
    return reader;
}

LiveFeedSettings
events_of(const std::vector<domain::AggregatePtr>& aggregates, const domain::Topics& topics) {
    LiveFeedSettings events{.name = "events", .frames = {gateway::sse::followed_frame}};
    for (const std::string& category : categories_of(aggregates))
        events.topics.push_back(topics.events(category));
    return events;
}

}  // namespace

Aggregates::Aggregates(const Settings& settings, Edge& edge, KafkaReports& kafka, Process& process)
    : snapshots(settings, process),
      reader(
          [this, &store = edge.connections, &settings] {
              return open_with_folder(store, snapshots, settings);
          },
          edge.read_rate,
          process.clock(),
          settings.readers,
          reader_settings(settings)
      ),
      events(settings, events_of(all, settings.topics), kafka, process),
      routes({
          .aggregates = all,
          .authenticator = edge.authenticator,
          .reader = reader,
          .hub = events.hub,
          .streams = edge.streams,
      }) {
    routes.add_to(process.router());
}

}  // namespace services::antiphon

#pragma once

#include "infra/kafka/kafka_record_publisher.hpp"
#include "infra/postgres/postgres_append_notices.hpp"
#include "services/antiphon/settings.hpp"
#include "services/antiphon/store.hpp"
#include "services/relay/command_feed.hpp"
#include "services/relay/event_feed.hpp"
#include "services/relay/relay.hpp"

namespace services::antiphon {

/// One relay on a thread of its own, with all that it uses but its feed.
struct RelayThread {
    RelayThread(const Settings& settings, Store& store, relay::Feed& feed, Process& process);

    void wait();

    infra::kafka::KafkaRecordPublisher publisher;
    infra::postgres::PostgresAppendListener listener;
    relay::Relay relay;
};

/// From both logs to Kafka.
struct Relays {
    Relays(const Settings& settings, Process& process);

    std::vector<std::string> categories;
    Store command_store;
    relay::CommandFeed commands;
    RelayThread command_relay;
    Store event_store;
    relay::EventFeed events;
    RelayThread event_relay;
};

}  // namespace services::antiphon

#pragma once

#include "infra/crypto/hmac_record_signer.hpp"
#include "infra/kafka/kafka_record_publisher.hpp"
#include "infra/postgres/postgres_append_notices.hpp"
#include "services/antiphon/kafka.hpp"
#include "services/antiphon/settings.hpp"
#include "services/antiphon/store.hpp"
#include "services/relay/command_feed.hpp"
#include "services/relay/event_feed.hpp"
#include "services/relay/relay.hpp"

#include <atomic>

namespace services::antiphon {

/// One relay on a thread of its own, with all that it uses but its feed.
struct RelayThread {
    RelayThread(
        const Settings& settings,
        Store& store,
        relay::Feed& feed,
        KafkaReports& kafka,
        Process& process
    );

    bool step();
    void wait();

    infra::kafka::KafkaRecordPublisher publisher;
    infra::crypto::HmacRecordSigner signer;
    infra::postgres::PostgresAppendListener listener;
    relay::Relay relay;
    std::atomic<bool> in_place{false};  ///< it leads, or another does
};

/// From both logs to Kafka.
struct Relays {
    Relays(const Settings& settings, KafkaReports& kafka, Process& process);

    std::vector<std::string> categories;
    Store command_store;
    relay::CommandFeed commands;
    RelayThread command_relay;
    Store event_store;
    relay::EventFeed events;
    RelayThread event_relay;
};

}  // namespace services::antiphon

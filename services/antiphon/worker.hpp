#pragma once

#include "infra/crypto/hmac_record_verifier.hpp"
#include "infra/kafka/kafka_group_consumer.hpp"
#include "infra/postgres/postgres_append_notices.hpp"
#include "infra/process/child_decider.hpp"
#include "services/antiphon/kafka.hpp"
#include "services/antiphon/settings.hpp"
#include "services/antiphon/snapshots.hpp"
#include "services/antiphon/store.hpp"
#include "services/worker/worker.hpp"

#include <atomic>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace services::antiphon {

/// From commands on Kafka to the event log: as many workers as the settings say, on a thread each.
class Workers {
  public:
    Workers(const Settings& settings, KafkaReports& kafka, Process& process);

  private:
    struct WorkerThread {
        WorkerThread(const Settings& settings, Workers& all, KafkaReports& kafka, Process& process);

        bool step();

        Store store;
        std::unique_ptr<domain::SnapshotStore> snapshots;
        infra::process::ChildDeciders deciders;
        infra::process::ChildDeciders deciders_apart;
        infra::kafka::KafkaGroupConsumer consumer;
        infra::crypto::HmacRecordVerifier verifier;
        worker::Worker worker;
        std::atomic<bool> in_place{false};  ///< has its share of the partitions, and reads them
    };

    std::vector<std::string> categories_;
    infra::postgres::PostgresAppendNotifier notifier_;
    Snapshots snapshots_;
    std::list<WorkerThread> threads_;
};

}  // namespace services::antiphon

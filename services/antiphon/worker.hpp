#pragma once

#include "domain/kernel/aggregate.hpp"
#include "infra/kafka/kafka_group_consumer.hpp"
#include "infra/postgres/postgres_append_notices.hpp"
#include "services/antiphon/settings.hpp"
#include "services/antiphon/store.hpp"
#include "services/worker/worker.hpp"

#include <list>

namespace services::antiphon {

/// From commands on Kafka to the event log: as many workers as the settings say, on a thread each.
class Workers {
  public:
    Workers(const Settings& settings, Process& process);

  private:
    struct WorkerThread {
        WorkerThread(const Settings& settings, Workers& all, Process& process);

        Store store;
        infra::kafka::KafkaGroupConsumer consumer;
        worker::Worker worker;
    };

    std::vector<domain::AggregatePtr> aggregates_ = domain::all_aggregates();
    infra::postgres::PostgresAppendNotifier notifier_;
    std::list<WorkerThread> threads_;
};

}  // namespace services::antiphon

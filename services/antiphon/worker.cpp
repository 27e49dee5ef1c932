#include "services/antiphon/worker.hpp"

#include "services/antiphon/kafka.hpp"
#include "services/antiphon/roles.hpp"

namespace services::antiphon {
namespace {

std::vector<std::string>
command_topics(const domain::Topics& topics, const std::vector<domain::AggregatePtr>& aggregates) {
    std::vector<std::string> names = categories_of(aggregates);
    for (auto& name : names) name = topics.commands(name);
    return names;
}

}  // namespace

Workers::WorkerThread::WorkerThread(const Settings& settings, Workers& all, Process& process)
    : store(settings.postgres),
      consumer(
          settings.kafka,
          settings.topics.prefix + ".workers",
          command_topics(settings.topics, all.aggregates_),
          kafka_log()
      ),
      worker(
          {.aggregates = all.aggregates_,
           .consumer = consumer,
           .commands = store.commands,
           .events = store.events,
           .claims = store.claims,
           .leases = store.leases,
           .notifier = all.notifier_,
           .clock = process.clock()},
          settings.topics,
          settings.partitions,
          settings.worker
      ) {
    process.add({
        .name = "worker",
        .step = [this] { return worker.step(); },
        .wait = [] {},
        .finish = [this] { worker.stop(); },
    });
}

Workers::Workers(const Settings& settings, Process& process) : notifier_(settings.postgres) {
    for (std::size_t i = 0; i < settings.worker_threads; ++i) {
        threads_.emplace_back(settings, *this, process);
    }
}

void run_worker(const Settings& settings) {
    Process process;
    StoreWatch watch(settings.postgres, process);
    Workers workers(settings, process);
    process.serve(health_server(settings), settings.drain_limit);
}

}  // namespace services::antiphon

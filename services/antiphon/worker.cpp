#include "services/antiphon/worker.hpp"

#include "domain/kernel/aggregate.hpp"
#include "services/antiphon/decider.hpp"
#include "services/antiphon/roles.hpp"

namespace services::antiphon {
namespace {

/// More than one may be lost in one moment.
constexpr std::size_t spare_deciders = 2;

/// What is tried apart may loop: it gets the processors that nobody else wants.
constexpr int niceness_apart = 10;

std::vector<std::string>
command_topics(const domain::Topics& topics, std::vector<std::string> names) {
    for (auto& name : names) name = topics.commands(name);
    return names;
}

}  // namespace

Workers::WorkerThread::WorkerThread(
    const Settings& settings,
    Workers& all,
    KafkaReports& kafka,
    Process& process
)
    : store(settings.postgres),
      snapshots(all.snapshots_.on(store.connection)),
      deciders(
          {.arguments = decider_arguments(settings, settings.worker.states_max, settings.snapshots),
           .spares = spare_deciders}
      ),
      deciders_apart(
          {.arguments = decider_arguments(settings, settings.worker.states_max, no_snapshots),
           .niceness = niceness_apart}
      ),
      consumer(
          settings.kafka,
          settings.topics.prefix + ".workers",
          command_topics(settings.topics, all.categories_),
          kafka.of_a_client()
      ),
      verifier(store.record_keys, process.clock()),
      worker(
          {.deciders = deciders,
           .deciders_apart = deciders_apart,
           .consumer = consumer,
           .verifier = verifier,
           .commands = store.commands,
           .events = store.events,
           .snapshots = *snapshots,
           .claims = store.claims,
           .attempts = store.attempts,
           .dead_letters = store.dead_letters,
           .leases = store.leases,
           .notifier = all.notifier_,
           .clock = process.clock()},
          settings.topics,
          all.categories_,
          {.partitions = settings.partitions},
          settings.worker
      ) {
    process.ready_when("a worker has not joined the others", [this] { return in_place.load(); });
    process.add({
        .name = "worker",
        .step = [this] { return step(); },
        .wait = [] {},
        .finish = [this] { worker.stop(); },
    });
}

bool Workers::WorkerThread::step() {
    const bool worked = worker.step();
    if (!in_place && consumer.reading() && worker.owns_all()) in_place = true;
    return worked;
}

Workers::Workers(const Settings& settings, KafkaReports& kafka, Process& process)
    : categories_(categories_of(domain::all_aggregates())),
      notifier_(settings.postgres),
      snapshots_(settings, process) {
    for (std::size_t i = 0; i < settings.worker_threads; ++i) {
        threads_.emplace_back(settings, *this, kafka, process);
    }
}

void run_worker(const Settings& settings) {
    Process process(settings.development);
    StoreWatch watch(settings, process);
    KafkaReports kafka(process);
    Workers workers(settings, kafka, process);
    process.serve({}, health_server(settings), settings.drain_limit);
}

}  // namespace services::antiphon

#include "services/antiphon/relay.hpp"

#include "services/antiphon/roles.hpp"

#include <thread>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;

relay::RelaySettings relay_settings(const Settings& settings) {
    relay::RelaySettings relay = settings.relay;
    relay.holder = process_name();
    return relay;
}

}  // namespace

RelayThread::RelayThread(
    const Settings& settings,
    Store& store,
    relay::Feed& feed,
    KafkaReports& kafka,
    Process& process
)
    : publisher(settings.kafka, kafka.of_a_client()),
      signer(store.record_keys, settings.relay_key_max_age),
      listener(settings.postgres, feed.log()),
      relay(feed, store.leases, publisher, signer, process.clock(), relay_settings(settings)) {
    const std::string name = "relay of " + std::string(to_string(feed.log()));
    process.ready_when("the " + name + " has no lease", [this] { return in_place.load(); });
    process.add({
        .name = name,
        .step = [this] { return step(); },
        .wait = [this] { wait(); },
        .finish = [this] { relay.stop(); },
    });
}

bool RelayThread::step() {
    const bool worked = relay.step();
    if (relay.leading() || relay.another_leads()) in_place = true;
    return worked;
}

void RelayThread::wait() {
    if (const auto gathering = relay.gathering(); gathering.count() > 0) {
        std::this_thread::sleep_for(gathering);
    } else {
        listener.wait(200ms);
    }
}

Relays::Relays(const Settings& settings, KafkaReports& kafka, Process& process)
    : categories(categories_of(domain::all_aggregates())),
      command_store(settings.postgres),
      commands(
          command_store.commands,
          command_store.events,
          command_store.claims,
          settings.topics,
          categories,
          settings.partitions
      ),
      command_relay(settings, command_store, commands, kafka, process),
      event_store(settings.postgres),
      events(
          event_store.events,
          event_store.commands,
          settings.topics,
          categories,
          settings.partitions
      ),
      event_relay(settings, event_store, events, kafka, process) {}

void run_relay(const Settings& settings) {
    Process process(settings.development);
    StoreWatch watch(settings, process);
    KafkaReports kafka(process);
    Relays relays(settings, kafka, process);
    process.serve({}, health_server(settings), settings.drain_limit);
}

}  // namespace services::antiphon

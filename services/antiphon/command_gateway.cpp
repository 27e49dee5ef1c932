#include "services/antiphon/command_gateway.hpp"

#include "gateway/contracts/contract_routes.hpp"
#include "services/antiphon/aggregates.hpp"
#include "services/antiphon/describe.hpp"
#include "services/antiphon/roles.hpp"

#include <thread>

namespace services::antiphon {

using namespace std::chrono_literals;

namespace {

gateway::commands::BacklogSettings backlog_settings(const Settings& settings) {
    return {
        .commands_max = settings.backlog_max,
        .per_user_percent = settings.intake.waiting_max_per_user_percent};
}

}  // namespace

CommandGateway::CommandGateway(const Settings& settings, Edge& edge, Process& process)
    : store(settings.postgres),
      notifier(settings.postgres),
      intake(store.commands, notifier, process.clock(), settings.intake),
      backlog_store(settings.postgres),
      backlog(
          backlog_store.commands,
          backlog_store.claims,
          backlog_store.leases,
          settings.topics,
          settings.partitions,
          backlog_settings(settings)
      ),
      rate(process.clock(), settings.limits.commands, settings.limits.users_max),
      bytes(process.clock(), settings.limits.bytes, settings.limits.users_max),
      admission(
          {aggregates, settings.token_check.names},
          rate,
          bytes,
          intake,
          backlog,
          process.clock()
      ),
      routes({
          .aggregates = {aggregates, settings.token_check.names},
          .authenticator = edge.authenticator,
          .admission = admission,
          .intake = intake,
          .readers = edge.readers,
          .clock = process.clock(),
      }) {
    routes.add_to(process.router());
    gateway::contracts::add_contracts(process.router(), aggregates, installation(settings));
    process.add({
        .name = "intake",
        .step = [this] { return intake.step(); },
        .wait = [this] { intake.wait(500ms); },
    });
    // The step above may hang in the store, and those who wait must not hang with it.
    process.add({
        .name = "intake's time-outs",
        .step =
            [this] {
                intake.expire();
                return false;
            },
        .wait = [] { std::this_thread::sleep_for(100ms); },
    });
    process.add({
        .name = "backlog",
        .step =
            [this] {
                backlog.look();
                return false;
            },
        .wait = [] { std::this_thread::sleep_for(250ms); },
    });
}

void run_command_gateway(const Settings& settings) {
    Process process(settings.development);
    Edge edge(settings, process);
    CommandGateway gateway(settings, edge, process);
    KafkaReports kafka(process);
    Aggregates aggregates(settings, edge, kafka, process);
    process.serve(settings.http, health_server(settings), settings.drain_limit);
}

}  // namespace services::antiphon

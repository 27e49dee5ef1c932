#include "services/antiphon/command_gateway.hpp"

#include "services/antiphon/roles.hpp"

#include <thread>

namespace services::antiphon {

using namespace std::chrono_literals;

CommandGateway::CommandGateway(const Settings& settings, Edge& edge, Process& process)
    : store(settings.postgres),
      notifier(settings.postgres),
      intake(store.commands, notifier, process.clock(), settings.intake),
      routes(aggregates, intake, edge.authenticator, edge.readers, process.clock()) {
    routes.add_to(process.router());
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
}

void run_command_gateway(const Settings& settings) {
    Process process;
    Edge edge(settings, process);
    CommandGateway gateway(settings, edge, process);
    process.serve(settings.http, settings.drain_limit);
}

}  // namespace services::antiphon

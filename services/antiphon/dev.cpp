#include "gateway/web/development_token.hpp"
#include "gateway/web/pages.hpp"
#include "services/antiphon/aggregates.hpp"
#include "services/antiphon/command_gateway.hpp"
#include "services/antiphon/relay.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/sse_gateway.hpp"
#include "services/antiphon/token.hpp"
#include "services/antiphon/worker.hpp"

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;

void add_demo(const Settings& settings, Process& process) {
    gateway::web::add_pages(process.router(), settings.web_root);
    if (!settings.development) return;
    gateway::web::add_development_token(
        process.router(),
        [&settings, &clock = process.clock()](const auto& subject, const auto& roles) {
            return sign_token(settings, subject, roles, 24h, clock.now());
        },
        settings.auth.cookie_name
    );
}

}  // namespace

void run_dev(const Settings& settings) {
    Process process(settings.development);
    Edge edge(settings, process);
    CommandGateway commands(settings, edge, process);
    KafkaReports kafka(process);
    Aggregates aggregates(settings, edge, kafka, process);
    SseGateway events(settings, edge, kafka, process);
    Relays relays(settings, kafka, process);
    Workers workers(settings, kafka, process);
    add_demo(settings, process);
    process.serve(settings.http, health_server(settings), settings.drain_limit);
}

}  // namespace services::antiphon

#include "services/antiphon/sse_gateway.hpp"

#include "services/antiphon/roles.hpp"

namespace services::antiphon {
namespace {

LiveFeedSettings replies_of(const Settings& settings) {
    return {
        .name = "replies",
        .topics = {settings.topics.replies()},
        .frames = gateway::sse::reply_frames,
        .always = true};
}

}  // namespace

SseGateway::SseGateway(const Settings& settings, Edge& edge, KafkaReports& kafka, Process& process)
    : replies(settings, replies_of(settings), kafka, process),
      routes(replies.hub, edge.authenticator, edge.streams) {
    routes.add_to(process.router());
}

void run_sse_gateway(const Settings& settings) {
    Process process(settings.development);
    Edge edge(settings, process);
    KafkaReports kafka(process);
    SseGateway gateway(settings, edge, kafka, process);
    process.serve(settings.http, health_server(settings), settings.drain_limit);
}

}  // namespace services::antiphon

#pragma once

#include "domain/kernel/topics.hpp"
#include "gateway/auth/authenticator.hpp"
#include "gateway/commands/backlog.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/commands/rate_limiter.hpp"
#include "gateway/http/server.hpp"
#include "gateway/sse/settings.hpp"
#include "infra/kafka/kafka_settings.hpp"
#include "infra/postgres/connection.hpp"
#include "services/relay/relay.hpp"
#include "services/worker/worker.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace infra::runtime {
class SettingsTable;
}

namespace services::antiphon {

/// Everything that can be set, each part as the code that uses it declares it.
struct Settings {
    bool development = false;
    std::string log_level = "info";

    gateway::http::ServerSettings http;
    std::chrono::milliseconds drain_limit{10'000};
    std::uint16_t health_port = 0;
    std::string web_root = "web";

    infra::postgres::ConnectionSettings postgres{.url = "postgresql:///antiphon"};
    infra::kafka::KafkaSettings kafka;
    domain::Topics topics;
    std::int32_t partitions = 8;

    struct {
        std::string algorithm = "HS256";
        std::string key;
        std::string key_file;
        std::string issuer;
        std::string audience;
        std::chrono::seconds leeway{30};
    } token_check;
    gateway::auth::AuthSettings auth;

    gateway::commands::RateLimitSettings limits;
    gateway::commands::IntakeSettings intake;
    std::size_t backlog_max = gateway::commands::BacklogSettings{}.commands_max;
    struct {
        std::size_t threads = 2;
        std::size_t waiting_max = 1'000;
    } readers;
    gateway::sse::SseSettings sse;
    services::relay::RelaySettings relay;
    services::worker::WorkerSettings worker;
    std::size_t worker_threads = 1;

    struct {
        std::string subject;
        std::int64_t ttl_s = 86'400;
    } token;  ///< of the role `token`: its own arguments
};

/// Where a role without HTTP of its own answers for its health; nothing if it shall not.
std::optional<gateway::http::ServerSettings> health_server(const Settings& settings);

/// The one table of names, defaults and meanings.
void bind(infra::runtime::SettingsTable& table, Settings& settings);

}  // namespace services::antiphon

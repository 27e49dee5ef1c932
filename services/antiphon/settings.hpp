#pragma once

#include "domain/kernel/asked.hpp"
#include "domain/kernel/snapshots.hpp"
#include "domain/kernel/topics.hpp"
#include "gateway/aggregates/aggregate_reader.hpp"
#include "gateway/auth/authenticator.hpp"
#include "gateway/commands/backlog.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/http/server.hpp"
#include "gateway/limits/rate_limiter.hpp"
#include "gateway/sse/settings.hpp"
#include "gateway/store/store_readers.hpp"
#include "infra/jwt/claims.hpp"
#include "infra/kafka/kafka_settings.hpp"
#include "infra/postgres/connection.hpp"
#include "services/relay/relay.hpp"
#include "services/worker/worker.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace infra::runtime {
class SettingsTable;
}

namespace services::antiphon {

/// Everything that can be set, each part as the code that uses it declares it.
struct Settings {
    std::string data = "var";  ///< the data folder
    bool development = false;
    std::string log_level = "info";

    gateway::http::ServerSettings http;
    std::chrono::milliseconds drain_limit{10'000};
    std::uint16_t health_port = 0;
    std::string web_root = "web";

    infra::postgres::ConnectionSettings postgres{.url = "postgresql:///antiphon"};
    std::string postgres_run_role;
    infra::kafka::KafkaSettings kafka;
    domain::Topics topics;
    std::int32_t partitions = 8;

    struct {
        std::vector<std::string> algorithms{"HS256"};
        std::string key;
        std::string key_file;
        domain::ClaimNames names{};
        infra::jwt::ClaimRules claims{.kept = {"iss", "sub"}};
    } token_check;
    gateway::auth::AuthSettings auth;

    struct {
        gateway::RateLimit commands{.per_s = 1'000, .burst = 2'000};
        gateway::RateLimit bytes{.per_s = 1'000'000, .burst = 4'000'000};
        gateway::RateLimit reads{.per_s = 200, .burst = 1'000};
        std::size_t users_max = 100'000;
    } limits;
    gateway::commands::IntakeSettings intake;
    std::size_t backlog_max = gateway::commands::BacklogSettings{}.commands_max;
    gateway::ReadersSettings readers;
    gateway::aggregates::AggregateReaderSettings aggregates;
    std::chrono::milliseconds fold_timeout{500};
    gateway::sse::SseSettings sse;
    services::relay::RelaySettings relay;
    std::chrono::seconds relay_key_max_age{86'400};
    services::worker::WorkerSettings worker;
    std::size_t worker_threads = 1;
    domain::SnapshotPolicy snapshots;
    std::uint64_t decider_memory_max_megabytes = 4'096;

    struct {
        std::string category;  ///< empty: all
        std::string format = "text";
    } described;  ///< of `describe`
};

/// Where the process answers for its health whatever it has to do; nothing if it shall not.
std::optional<gateway::http::ServerSettings> health_server(const Settings& settings);

/// Throws domain::SetupError where settings that are right by themselves are wrong together.
void check(const Settings& settings);

/// The one table of names, defaults and meanings.
void bind(infra::runtime::SettingsTable& table, Settings& settings);

}  // namespace services::antiphon

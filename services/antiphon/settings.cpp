#include "services/antiphon/settings.hpp"

#include "domain/kernel/error.hpp"
#include "infra/runtime/log.hpp"
#include "infra/runtime/settings_table.hpp"

#include <boost/asio/ip/address.hpp>

namespace services::antiphon {
namespace {

using infra::runtime::SettingsTable;

constexpr std::int64_t million = 1'000'000;
constexpr std::int64_t gigabyte = 1'000 * million;
constexpr std::int64_t hour_ms = 3'600'000;
constexpr std::int64_t day_s = 86'400;

// An entry reads best as one line or two.
// clang-format off

void bind_http(SettingsTable& table, Settings& settings) {
    auto& http = settings.http;
    table.add("http.address", http.address, "Address to serve HTTP on; 0.0.0.0 is all of them.");
    table.add("http.port", http.port, {0, 65'535}, "Port to serve HTTP on; 0 takes a free one.");
    table.add("http.reuse_port", http.reuse_port,
        "Lets several gateways serve one port; the kernel shares connections out.");
    table.add("http.connections_max", http.connections_max, {1, million},
        "Open connections; the next one gets 503.");
    table.add("http.header_max_bytes", http.header_max_bytes, {256, million},
        "Bytes of a request's line and headers; more get 431.");
    table.add("http.body_max_bytes", http.body_max_bytes, {1, 64 * million},
        "Bytes of a request's body; more get 413.");
    table.add("http.header_timeout_ms", http.header_timeout, {1, hour_ms},
        "Time a client has to send its headers, in ms.");
    table.add("http.body_timeout_ms", http.body_timeout, {1, hour_ms},
        "Time a client has to send its body, in ms.");
    table.add("http.idle_timeout_ms", http.idle_timeout, {1, hour_ms},
        "An unused connection is closed after this, in ms.");
    table.add("http.write_timeout_ms", http.write_timeout, {1, hour_ms},
        "A client that reads nothing for this long is cut, in ms.");
    table.add("http.drain_limit_ms", settings.drain_limit, {0, hour_ms},
        "Time for requests under way when the process is told to stop, in ms.");
    table.add("cors.origins", http.cors_origins,
        "Origins whose pages may call, exactly as browsers send them: https://app.example.");
    table.add("health.port", settings.health_port, {0, 65'535},
        "Port of its own for /livez and /readyz, which answers under any load; 0 is none.");
    table.add("web.root", settings.web_root, "Folder of the demo page (role dev).");
}

void bind_world(SettingsTable& table, Settings& settings) {
    auto& kafka = settings.kafka;
    table.add_url("postgres.url", settings.postgres.url, "PostgreSQL, as libpq takes it.");
    table.add("postgres.run_role", settings.postgres_run_role,
        "Role that migrate lets run Antiphon and do nothing else; it owns nothing. Empty: none.");
    table.add("postgres.connect_timeout_s", settings.postgres.connect_timeout, {1, 600},
        "Longest wait for a connection, in s.");
    table.add("postgres.statement_timeout_ms", settings.postgres.statement_timeout, {0, hour_ms},
        "A statement that takes longer is given up, in ms; 0: none is.");
    table.add("kafka.brokers", kafka.brokers, "Where Kafka is: host:port, commas in between.");
    auto& security = kafka.security;
    table.add_choice("kafka.security", security.protocol,
        {"plaintext", "tls", "sasl_plaintext", "sasl_tls"},
        "How Kafka is reached: TLS also verifies the broker's certificate and host name.");
    table.add("kafka.tls_ca_file", security.tls_ca_file,
        "PEM of the authorities that may have signed it; empty: those of the system.");
    table.add("kafka.tls_certificate_file", security.tls_certificate_file,
        "PEM of our own certificate and its chain, for brokers that want one.");
    table.add("kafka.tls_key_file", security.tls_key_file, "PEM of its private key.");
    table.add_secret("kafka.tls_key_password", security.tls_key_password, "Password of that key.");
    table.add("kafka.tls_key_password_file", security.tls_key_password_file,
        "File of it, instead of kafka.tls_key_password.");
    table.add_choice("kafka.sasl_mechanism", security.sasl_mechanism,
        {"PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"}, "How the password is shown to Kafka.");
    table.add("kafka.sasl_user", security.sasl_user, "Who we are at Kafka.");
    table.add_secret("kafka.sasl_password", security.sasl_password, "The user's password.");
    table.add("kafka.sasl_password_file", security.sasl_password_file,
        "File of it, instead of kafka.sasl_password.");
    table.add("kafka.prefix", settings.topics.prefix, "All our topics' names begin with it.");
    table.add("kafka.partitions", settings.partitions, {1, 10'000},
        "Partitions of each topic in a new store; antiphon partitions changes them later.");
    table.add("kafka.fetch_wait_ms", kafka.fetch_wait_ms, {1, 60'000},
        "A broker holds an empty answer this long, in ms; 2 for the embedded broker.");
    table.add("kafka.linger_ms", kafka.linger_ms, {0, 10'000}, "Records gather this long, in ms.");
    table.add("kafka.session_timeout_ms", kafka.session_timeout_ms, {4'000, hour_ms},
        "A worker that is silent this long is replaced, in ms.");
    table.add("kafka.max_poll_interval_ms", kafka.max_poll_interval_ms, {4'000, hour_ms},
        "A worker stuck so long, or waiting to join, begins anew, in ms; at least the session's.");
    table.add("kafka.request_timeout_ms", kafka.request_timeout_ms, {100, hour_ms},
        "Longest wait for an answer about topics, offsets and the cluster, in ms.");
    table.add("kafka.prefetch_records_max", kafka.prefetch_records_max, {1, million},
        "Records a consumer reads ahead.");
    table.add("kafka.prefetch_kilobytes_max", kafka.prefetch_kilobytes_max, {1, million},
        "Kilobytes a consumer reads ahead.");
}

void bind_auth(SettingsTable& table, Settings& settings) {
    auto& check = settings.token_check;
    table.add("auth.algorithm", check.algorithms,
        "How tokens may be signed: HS256, RS256, ES256; one, or several with commas.");
    table.add("auth.key_file", check.key_file,
        "File of the keys, which may change: a JWK Set, public keys in PEM, or the secret.");
    table.add_secret("auth.key", check.key, "The keys themselves, instead of auth.key_file.");
    table.add("auth.issuer", check.claims.issuer, "What `iss` has to be; empty: anything.");
    table.add("auth.audience", check.claims.audience, "What `aud` has to hold; empty: anything.");
    table.add("auth.leeway_s", check.claims.leeway, {0, 3'600},
        "By how much clocks may differ, in s.");
    table.add("auth.lifetime_max_s", check.claims.lifetime_max, {0, 10 * 365 * 86'400},
        "For how long a token may be valid, from `iat` and from now to `exp`, in s; 0: any time.");
    table.add("auth.claims", check.claims.kept,
        "Claims that are stored and sent with commands and events; a.b is b inside of a.");
    table.add("auth.roles_claim", check.names.roles, "The claim of roles, which goes with them.");
    table.add("auth.scope_claim", check.names.scope, "The claim of scopes, which goes with them.");
    table.add("auth.cookie", settings.auth.cookie_name,
        "Cookie that may hold the token on GET /events, of pages of ours or of cors.origins.");
    table.add("auth.cache_max", settings.auth.cache_max, {1, million},
        "Verified tokens that are remembered.");
}

void bind_gateways(SettingsTable& table, Settings& settings) {
    auto& limits = settings.limits;
    table.add("limits.commands_per_s_per_user", limits.commands.per_s, {0, million},
        "Commands a second of one user at one gateway; more get 429. 0: any number.");
    table.add("limits.burst_per_user", limits.commands.burst, {1, million},
        "How many of them may come at once after a rest.");
    table.add("limits.bytes_per_s_per_user", limits.bytes.per_s, {0, gigabyte},
        "Bytes of their bodies a second; more get 429. 0: any number.");
    table.add("limits.bytes_burst_per_user", limits.bytes.burst, {1, gigabyte},
        "How many of them may come at once after a rest.");
    table.add("limits.reads_per_s_per_user", limits.reads.per_s, {0, million},
        "Reads a second, each page of 200 events of a long one too; more get 429. 0: any number.");
    table.add("limits.reads_burst_per_user", limits.reads.burst, {1, million},
        "How many of them may come at once after a rest.");
    table.add("limits.users_max", limits.users_max, {2, 100 * million},
        "Users whose rate is remembered; the ones seen last.");
    auto& intake = settings.intake;
    table.add("intake.waiting_max", intake.waiting_max, {1, million},
        "Commands not yet stored; more get 503.");
    table.add("intake.waiting_max_bytes", intake.waiting_max_bytes, {1, 64 * gigabyte},
        "The same, in bytes of their bodies.");
    table.add("intake.waiting_max_per_user_percent", intake.waiting_max_per_user_percent, {1, 100},
        "What of both may be one user's, in percent; more get 429.");
    table.add("intake.backlog_max", settings.backlog_max, {0, gigabyte},
        "Commands stored and not yet done; more get 503. Kafka may be away for so many. 0: any.");
    table.add("intake.batch_max", intake.batch_max, {1, 10'000},
        "Commands stored in one transaction.");
    table.add("intake.batch_max_bytes", intake.batch_max_bytes, {1, gigabyte},
        "The same, in bytes of their bodies.");
    table.add("intake.answer_timeout_ms", intake.answer_timeout, {1, hour_ms},
        "A command that is not stored by then gets 503, in ms.");
    table.add("readers.threads", settings.readers.threads, {1, 256},
        "Threads, and so connections to PostgreSQL, that read; one more reads aggregates.");
    table.add("readers.waiting_max", settings.readers.waiting_max, {1, million},
        "Reads that wait for such a thread; more get 503.");
    table.add("readers.waiting_max_per_user_percent",
        settings.readers.waiting_max_per_user_percent, {1, 100},
        "What of them may be one user's, in percent; more get 429.");
    table.add("readers.aggregates_max", settings.aggregates.folds_max, {0, million},
        "Aggregates kept as they were shown last; then only what is new is read.");
    table.add("readers.aggregates_max_bytes", settings.aggregates.folds_max_bytes,
        {0, 64 * gigabyte},
        "The same, in bytes, roughly.");
    table.add("readers.fold_timeout_ms", settings.fold_timeout, {1, hour_ms},
        "An aggregate that takes longer for 100 events cannot be shown, in ms of the processor.");
    auto& sse = settings.sse;
    table.add("sse.connections_per_user_max", sse.connections_per_user_max, {1, million},
        "Open streams of one user; the next one gets 429.");
    table.add("sse.queue_frames_max", sse.queue_frames_max, {1, million},
        "Events that wait for a slow client; then it is served from the store.");
    table.add("sse.queue_bytes_max", sse.queue_bytes_max, {1, gigabyte}, "The same, in bytes.");
    table.add("sse.page_events_max", sse.page_events_max, {1, 100'000},
        "Events that are read from the store in one go.");
    table.add("sse.page_bytes_max", sse.page_bytes_max, {1, gigabyte}, "The same, in bytes.");
    table.add("sse.heartbeat_ms", sse.heartbeat, {100, hour_ms},
        "A comment is sent after so long without an event, in ms.");
    table.add("sse.retry_ms", sse.retry, {0, hour_ms}, "Clients come back after this, in ms,");
    table.add("sse.retry_jitter_ms", sse.retry_jitter, {0, hour_ms},
        "and up to this much later, so never all at once.");
    table.add("sse.drain_window_ms", sse.drain_window, {0, hour_ms},
        "Over this, the clients of a gateway that stops are spread, in ms.");
    table.add("sse.read_pause_ms", sse.read_pause, {1, hour_ms},
        "Pause before the store is asked again when it lags or is away, in ms.");
    table.add("sse.read_pause_max_ms", sse.read_pause_max, {1, hour_ms},
        "To what that pause grows, in ms.");
    table.add("sse.permission_every_ms", sse.permission_every, {100, hour_ms},
        "How often, while events come, it is asked whether their reader still may, in ms.");
}

void bind_services(SettingsTable& table, Settings& settings) {
    auto& relay = settings.relay;
    table.add("relay.batch_max", relay.batch_max, {1, 30'000}, "Rows sent to Kafka at a time.");
    table.add("relay.busy_rows", relay.busy_rows, {1, 30'000},
        "A batch of so many rows shows that a log is busy;");
    table.add("relay.gather_ms", relay.gather, {0, 1'000},
        "then the next batch begins no sooner than this after it, in ms.");
    table.add("relay.lease_ttl_ms", relay.lease_ttl, {500, hour_ms},
        "Another relay takes over when one is silent this long, in ms.");
    table.add("relay.checkpoint_every_ms", relay.checkpoint_every, {1, hour_ms},
        "How often it notes how far it came, in ms.");
    table.add("relay.view_every_ms", relay.view_every, {1, hour_ms},
        "How often it looks whether Kafka has lost records, in ms.");
    table.add("relay.flush_wait_ms", relay.flush_wait, {1, 1'000},
        "Longest wait for acknowledgements in one step, in ms.");
    table.add("relay.key_max_age_s", settings.relay_key_max_age, {1, 366 * day_s},
        "A new key signs the records after this, in s; 'antiphon rotate-keys' does it at once.");
    auto& worker = settings.worker;
    table.add("worker.threads", settings.worker_threads, {1, 256},
        "Workers in this process, each with a consumer and a connection of its own.");
    table.add("worker.batch_max", worker.batch_max, {1, 10'000},
        "Commands carried out in one transaction.");
    table.add("worker.states_max", worker.states_max, {1, 100 * million},
        "Aggregates kept in memory.");
    table.add("worker.page_max", worker.page_max, {1, 100'000},
        "Events read at a time to rebuild an aggregate.");
    table.add("worker.attempts", worker.attempts, {1, 100},
        "Tries of a command that throws, ends or holds up its decider, before it has failed.");
    table.add("worker.patience_ms", worker.patience, {1, hour_ms},
        "A command that takes longer is tried apart, so that others need not wait, in ms;");
    table.add("worker.decide_timeout_ms", worker.decide_timeout, {1, hour_ms},
        "and a try ends after this, in ms of the processor, or 3 times as long without one.");
    table.add("worker.probation_ms", worker.probation, {0, hour_ms},
        "A partition in which that happened stays apart this long, in ms.");
    table.add("worker.unknown_category_ms", worker.stray_patience, {0, hour_ms},
        "Commands of a category that no build has taken by then have failed, in ms.");
    table.add("worker.decider_memory_max_megabytes", settings.decider_memory_max_megabytes,
        {64, million}, "Memory of each process that decides or folds, with its aggregates.");
    table.add("worker.poll_wait_ms", worker.poll_wait, {1, 1'000},
        "Longest wait for the first record, in ms.");
    table.add("worker.look_every_ms", worker.look_every, {1, hour_ms},
        "How often it looks for records that never came, in ms.");
    table.add("worker.commit_every_ms", worker.commit_every, {1, hour_ms},
        "How often it tells Kafka where to start next time, in ms.");
    table.add("worker.prune_every_ms", worker.prune_every, {1, hour_ms},
        "How often outdated progress is deleted, in ms.");
    auto& snapshots = settings.snapshots;
    table.add("snapshots.events", snapshots.events, {0, gigabyte},
        "An aggregate's state is kept after so many events more; 0: none is kept, nor used.");
    table.add("snapshots.fold_ms", snapshots.fold, {0, hour_ms},
        "It is kept sooner where they took longer to fold, in ms; 0: it is not.");
    table.add("snapshots.bytes_max", snapshots.bytes_max, {1, 16 * million},
        "A state that is larger, as JSON, is not kept.");
}

// clang-format on

}  // namespace

void bind(SettingsTable& table, Settings& settings) {
    table.add(
        "development",
        settings.development,
        "Tokens for everybody: for one's own machine, never for production."
    );
    table.add_choice(
        "log.level",
        settings.log_level,
        {std::begin(infra::runtime::log_levels), std::end(infra::runtime::log_levels)},
        "The least that is logged."
    );
    bind_http(table, settings);
    bind_world(table, settings);
    bind_auth(table, settings);
    bind_gateways(table, settings);
    bind_services(table, settings);
}

void check(const Settings& settings) {
    if (!settings.development) return;
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(settings.http.address, no_address);
    if (no_address || address.is_loopback()) return;
    throw domain::SetupError(
        "'development = true' gives anybody a token for any name, so http.address has to be "
        "127.0.0.1 or ::1 and not " +
        settings.http.address + "; change one of the two"
    );
}

std::optional<gateway::http::ServerSettings> health_server(const Settings& settings) {
    if (settings.health_port == 0) return {};
    auto server = settings.http;
    server.port = settings.health_port;
    server.reuse_port = false;  // each has to answer for itself
    server.connections_max = 64;
    return server;
}

}  // namespace services::antiphon

#include "services/antiphon/store.hpp"

#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <random>
#include <thread>
#include <unistd.h>
#include <utility>

namespace services::antiphon {

using namespace std::chrono_literals;

const std::string& process_name() {
    static const std::string name = [] {
        std::array<char, 256> host{};
        gethostname(host.data(), host.size() - 1);
        return std::string(host.data()) + '/' + std::to_string(getpid()) + '/' +
               std::to_string(std::random_device{}());
    }();
    return name;
}

gateway::Stores StoreConnections::open() {
    infra::postgres::Connection& connection = connect();
    return {
        std::make_unique<infra::postgres::PostgresCommandLog>(connection),
        std::make_unique<infra::postgres::PostgresEventLog>(connection)};
}

infra::postgres::Connection& StoreConnections::connect() {
    const std::lock_guard lock(mutex_);
    return connections_.emplace_back(settings_);
}

StoreWatch::StoreWatch(const Settings& settings, Process& process)
    : clock_(process.clock()), partitions_(settings.partitions), connection_(settings.postgres) {
    try {
        look();  // before any other part trips over wrong tables
    } catch (const domain::WorldError&) {
        // It is away. The core below goes on looking, and says so.
    }
    process.ready_when("the database does not answer", [this] { return fresh(); });
    process.add({
        .name = "database",
        .step = [this] { return look(); },
        .wait = [] { std::this_thread::sleep_for(1s); },
    });
}

bool StoreWatch::look() {
    infra::postgres::check_schema(connection_);
    const auto in_force = infra::postgres::first_partitions(connection_, partitions_);
    if (in_force != std::exchange(in_force_, in_force) && in_force != partitions_) {
        spdlog::info(
            "the store has {} partitions: kafka.partitions, {} here, is for a new one",
            in_force,
            partitions_
        );
    }
    seen_ = clock_.elapsed();
    return false;
}

bool StoreWatch::fresh() const { return clock_.elapsed() - seen_.load() < 3s; }

}  // namespace services::antiphon

#include "services/operations/status.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_activity.hpp"
#include "infra/runtime/system_clock.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"
#include "services/operations/visible.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>
#include <string>

namespace services::antiphon {
namespace {

using Json = nlohmann::ordered_json;
using operations::Status;

std::int64_t seconds_since(domain::Timestamp time) {
    const auto age = infra::runtime::SystemClock().now() - time;
    return std::chrono::duration_cast<std::chrono::seconds>(age).count();
}

Json json_of(const std::optional<domain::StoredCommand>& oldest) {
    if (!oldest) return nullptr;
    const domain::CommandEnvelope& command = oldest->command;
    return {
        {"id", command.id},
        {"position", oldest->position.value},
        {"category", command.stream.category},
        {"entity", command.stream.entity},
        {"name", command.name},
        {"time", domain::to_string(command.time)},
        {"age_s", seconds_since(command.time)}};
}

Json json_of(const operations::RelayStatus& relay) {
    Json json{
        {"log", domain::to_string(relay.log)},
        {"sent", relay.sent.value},
        {"behind", relay.behind},
        {"holder", nullptr}};
    if (relay.holder) {
        json["holder"] = relay.holder->name;
        json["epoch"] = relay.holder->epoch.value;
        json["lease_left_ms"] = relay.holder->left.count();
    }
    return json;
}

Json json_of(const Status& status, const std::optional<infra::postgres::OldSnapshot>& snapshot) {
    Json json{
        {"incarnation", status.events.incarnation},
        {"commands", status.commands.value},
        {"events", status.events.position.value},
        {"generation", status.generation.number},
        {"relays", Json::array()},
        {"partitions", Json::array()},
        {"oldest_pending", json_of(status.oldest)},
        {"attempted", Json::array()},
        {"dead_letters", status.dead_letters},
        {"oldest_snapshot", nullptr}};
    for (const auto& relay : status.relays) json["relays"].push_back(json_of(relay));
    for (const auto& [claim, sent, oldest] : status.partitions)
        json["partitions"].push_back(
            {{"category", claim.partition.category},
             {"partition", claim.partition.partition},
             {"epoch", claim.epoch.value},
             {"holder", claim.holder},
             {"done", claim.done.value},
             {"sent", sent.value},
             {"oldest_pending", json_of(oldest)}}
        );
    for (const auto& command : status.attempted)
        json["attempted"].push_back(
            {{"position", command.position.value},
             {"category", command.stream.category},
             {"entity", command.stream.entity},
             {"attempts", command.attempts},
             {"skip", command.skip},
             {"code", command.first.code},
             {"reason", command.first.reason}}
        );
    if (snapshot) {
        json["oldest_snapshot"] = {
            {"process", snapshot->process_id},
            {"application", snapshot->application},
            {"transactions", snapshot->transactions}};
        if (snapshot->age) json["oldest_snapshot"]["age_s"] = snapshot->age->count();
    }
    return json;
}

std::string told(const domain::StoredCommand& command) {
    const domain::CommandEnvelope& envelope = command.command;
    return envelope.id + " (" + envelope.name + " of " +
           operations::visible(envelope.stream.category + '/' + envelope.stream.entity) + "), " +
           std::to_string(seconds_since(envelope.time)) + " s old";
}

void print(const Status& status, const std::optional<infra::postgres::OldSnapshot>& snapshot) {
    std::cout << "logs: " << status.commands.value << " commands, " << status.events.position.value
              << " events, incarnation " << status.events.incarnation << "; "
              << status.generation.partitions << " partitions, generation "
              << status.generation.number << '\n';
    for (const auto& relay : status.relays)
        std::cout << "relay of " << domain::to_string(relay.log) << ": "
                  << (relay.holder ? relay.holder->name : "nobody has the lease") << ", "
                  << relay.behind << " behind\n";
    for (const auto& [claim, sent, oldest] : status.partitions) {
        std::cout << operations::visible(claim.partition.category) << '['
                  << claim.partition.partition << "]: done up to " << claim.done.value << " of "
                  << sent.value;
        if (claim.epoch.value == 0) std::cout << ", never claimed";
        if (!claim.holder.empty()) std::cout << ", by " << operations::visible(claim.holder);
        if (oldest) std::cout << ", next is " << told(*oldest);
        std::cout << '\n';
    }
    std::cout << "oldest pending command: " << (status.oldest ? told(*status.oldest) : "none")
              << '\n';
    for (const auto& command : status.attempted)
        std::cout << "tried in vain: the command at " << command.position.value << " of "
                  << operations::visible(command.stream.category + '/' + command.stream.entity)
                  << ", " << command.attempts << " times, " << command.first.code << ": "
                  << command.first.reason << '\n';
    std::cout << "dead letters: " << status.dead_letters << " open\n";
    std::cout << "oldest snapshot in PostgreSQL: ";
    if (!snapshot) {
        std::cout << "none\n";
        return;
    }
    std::cout << "process " << snapshot->process_id;
    if (!snapshot->application.empty())
        std::cout << " (" << operations::visible(snapshot->application) << ')';
    if (snapshot->age) std::cout << ", " << snapshot->age->count() << " s";
    std::cout << ", " << snapshot->transactions << " transactions ago\n";
}

}  // namespace

Command::Run prepare_status(CLI::App& flags) {
    const auto json = std::make_shared<bool>(false);
    flags.add_flag("--json", *json, "As JSON");
    return [json](const Settings& settings) {
        Store store(settings.postgres);
        infra::postgres::check_schema(store.connection);
        const auto status = operations::read_status(
            {store.commands,
             store.events,
             store.claims,
             store.leases,
             store.attempts,
             store.dead_letters},
            settings.topics
        );
        const auto snapshot = infra::postgres::oldest_snapshot(store.connection);
        if (*json) {
            std::cout << json_of(status, snapshot).dump() << '\n';
        } else {
            print(status, snapshot);
        }
        return 0;
    };
}

}  // namespace services::antiphon

#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_activity.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace services::antiphon {
namespace {

void raise(const Settings& settings, const OperationFlags& flags) {
    Store store(settings.postgres);
    infra::postgres::check_schema(store.connection);
    const auto before = store.events.head().incarnation;
    const auto after =
        flags.dry_run ? before : infra::postgres::raise_incarnation(store.connection);
    if (flags.json) {
        std::cout << "{\"before\":" << before << ",\"incarnation\":" << after << "}\n";
    } else if (flags.dry_run) {
        std::cout << "the incarnation is " << before << "; it would be raised to " << before + 1
                  << '\n';
    } else {
        std::cout << "the incarnation is " << after
                  << " from now on: cursors and records of before are not believed any more\n";
    }
}

}  // namespace

Command::Run prepare_incarnation(CLI::App& flags) {
    const auto asked = std::make_shared<OperationFlags>();
    flags.require_subcommand(1);
    flags.footer(R"(
After a restore, or a fail-over that lost commits, positions are handed out that were handed out
before. Do this before anything is started on the restored store:
  antiphon incarnation raise
Clients that were connected are told 'reset' and load their state anew. If the backup brought back
a key that had been stolen, run 'antiphon rotate-keys', too.)");
    auto* raising = flags.add_subcommand("raise", "Begin another life of the logs");
    raising->add_flag("--json", asked->json, "As JSON");
    raising->add_flag("--dry-run", asked->dry_run, "Say what would be done, and do nothing");
    return [asked](const Settings& settings) {
        raise(settings, *asked);
        return done;
    };
}

}  // namespace services::antiphon

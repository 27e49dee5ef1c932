#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "services/antiphon/operations/text.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>

namespace services::antiphon {
namespace {

void skip(const Settings& settings, const std::string& id, bool json) {
    Store store(settings.postgres);
    infra::postgres::check_schema(store.connection);
    using Skipped = domain::CommandAttempts::Skipped;
    switch (store.attempts.skip(id)) {
        case Skipped::marked:
            if (json) {
                std::cout << "{\"id\":\"" << id << "\",\"skip\":true}\n";
            } else {
                std::cout << id
                          << " will be failed as skipped, within seconds where a worker runs\n";
            }
            return;
        case Skipped::unknown:
            throw domain::SetupError("there is no command " + id);
        case Skipped::answered:
            throw domain::SetupError(
                "command " + id + " is answered already; see GET /commands/" + id
            );
    }
}

}  // namespace

Command::Run prepare_skip(CLI::App& flags) {
    struct Asked {
        std::string id;
        bool json = false;
    };
    const auto asked = std::make_shared<Asked>();
    flags.add_option("COMMAND-ID", asked->id, "Which one; it must not be answered yet")->required();
    flags.add_flag("--json", asked->json, "As JSON");
    return [asked](const Settings& settings) {
        skip(settings, command_id(asked->id), asked->json);
        return 0;
    };
}

}  // namespace services::antiphon

#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cctype>
#include <iostream>
#include <memory>
#include <string>

namespace services::antiphon {
namespace {

/// A UUID in the form of RFC 9562, in the case that we keep.
std::string command_id(std::string text) {
    constexpr std::string_view form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    const bool right = std::ranges::equal(text, form, [](unsigned char c, char expected) {
        return expected == 'x' ? std::isxdigit(c) != 0 : c == '-';
    });
    if (!right) throw domain::SetupError("'" + text + "' is no id of a command: it is a UUID");
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return text;
}

void skip(const Settings& settings, const std::string& id) {
    Store store(settings.postgres);
    infra::postgres::check_schema(store.connection);
    using Skipped = domain::CommandAttempts::Skipped;
    switch (store.attempts.skip(id)) {
        case Skipped::marked:
            std::cout << id << " will be failed as skipped, within seconds where a worker runs\n";
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
    const auto id = std::make_shared<std::string>();
    flags.add_option("COMMAND-ID", *id, "Which one; it must not be answered yet")->required();
    return [id](const Settings& settings) {
        skip(settings, command_id(*id));
        return 0;
    };
}

}  // namespace services::antiphon

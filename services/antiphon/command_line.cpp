#include "services/antiphon/command_line.hpp"

#include "domain/kernel/error.hpp"
#include "infra/runtime/log.hpp"
#include "infra/runtime/settings_table.hpp"
#include "services/antiphon/decider.hpp"
#include "services/antiphon/describe.hpp"
#include "services/antiphon/roles.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <span>
#include <string_view>
#include <unistd.h>

namespace services::antiphon {
namespace {

using infra::runtime::SettingsTable;

constexpr Command commands[] = {
    {"migrate", "Make or update the tables in PostgreSQL, then end", without_flags<run_migrate>},
    {"command-gateway",
     "Take commands over HTTP; show commands and aggregates",
     without_flags<run_command_gateway>},
    {"sse-gateway", "Stream each user's events over HTTP", without_flags<run_sse_gateway>},
    {"relay", "Carry the command log and the event log to Kafka", without_flags<run_relay>},
    {"worker", "Carry out commands: decide, and append the events", without_flags<run_worker>},
    {"dev",
     "All of the above but migrate in one process, with the demo page",
     without_flags<run_dev>},
    {"check-history",
     "Fold every stored stream with this build, before it is deployed, and tell what it cannot "
     "read",
     prepare_check_history},
    {"history", "Tell the past of one aggregate: each event and what it changed", prepare_history},
    {"partitions",
     "Tell over how many partitions keys are spread, or change that while everything runs",
     prepare_partitions},
    {"reserve",
     "Reserve anew what the aggregates of a category have by this build, whose rule is newer",
     prepare_reserve},
    {"rotate-keys",
     "Sign records with a new key and believe no old one, then end",
     without_flags<run_rotate_keys>},
    {"export", "Write both logs and what stands beside them to a folder", prepare_export},
    {"import", "Fill an empty store with an export, or with foreign events", prepare_import},
    {"replay", "Send past events to a topic of Kafka", prepare_replay},
    {"subscribe",
     "Print every event since the beginning, and then the new ones, for a consumer group",
     prepare_subscribe},
    {"dead-letters", "List, show, retry or drop the commands that failed", prepare_dead_letters},
    {"status", "Tell where logs, relays and workers stand", prepare_status},
    {"incarnation", "Begin another life of the logs, after a restore", prepare_incarnation},
    {"skip", "Let workers fail a command at once that they would still try", prepare_skip},
    {"verify",
     "Look at all that is stored, and name each thing that cannot be right",
     prepare_verify},
    {"what-if",
     "Decide stored commands again with this build, and tell what would be otherwise",
     prepare_what_if},
    {"token", "Print a signed token (development only)", prepare_token},
};

constexpr const char* teaching = R"(
Antiphon takes a command over HTTP, answers 202 as soon as it is durable, and sends its effect back
as an event over Server-Sent Events. Every command is answered exactly once, whatever fails.

It needs PostgreSQL (postgres.url) and Kafka (kafka.brokers). Start in this order; each role may run
any number of times, and may be stopped or killed at any time:
  antiphon migrate              once, and after each update; --postgres.run_role ROLE for the others
  antiphon check-history        before each update, by the new build: can it read what is stored?
  antiphon relay                the one that holds the lease works, the others stand by
  antiphon worker               they share the partitions
  antiphon command-gateway      --http.port 8080
  antiphon sse-gateway          --http.port 8081
or, with everything made ready for you:
  dev/run
  token=$(antiphon token --subject alice)
  curl -N -H "Authorization: Bearer $token" http://127.0.0.1:8080/events &
  curl -H "Authorization: Bearer $token" -d '{"owner":"alice"}' \
       http://127.0.0.1:8080/commands/account/42/open

Settings come from, in rising order: their defaults, DATA/antiphon.conf (or --config FILE), the
environment (http.port is ANTIPHON_HTTP_PORT), and flags (--http.port 8080). 'antiphon config' lists
each with its value, where that stands, and what it means.
)";

/// "antiphon", or the name of another service that is made of the same roles.
std::string name_of(const char* program) { return std::filesystem::path(program).filename(); }

std::string teaching_for(const std::string& name) {
    constexpr std::string_view ours = "antiphon ";
    std::string text = teaching;
    for (auto at = text.find(ours); at != text.npos; at = text.find(ours, at + name.size()))
        text.replace(at, ours.size() - 1, name);
    return text;
}

void print_config(const SettingsTable& table) {
    for (const auto& setting : table.all()) {
        std::cout << "# " << setting.description << "\n# Default: "
                  << (setting.default_value.empty() ? "empty" : setting.default_value)
                  << ". From: " << setting.origin << ".\n"
                  << setting.name << " = " << setting.show() << "\n\n";
    }
}

/// The settings file to read; empty if there is none. Whoever names one has to have one.
std::filesystem::path settings_file(const CLI::Option& config, const CLI::Option& data) {
    if (config.count() > 0) return config.as<std::string>();
    auto file = std::filesystem::path(data.as<std::string>()) / "antiphon.conf";
    if (data.count() > 0 || std::filesystem::exists(file)) return file;
    return {};
}

const CLI::App* add_describe(CLI::App& app, Settings& settings) {
    auto* describe = app.add_subcommand(
        "describe", "Print what the aggregates of this build take and say; needs no database"
    );
    describe->add_option("--category", settings.described.category, "Only of this one");
    describe->add_option("--format", settings.described.format, "In which form")
        ->check(CLI::IsMember(description_formats()))
        ->capture_default_str();
    return describe;
}

[[noreturn]] void refuse(const std::string& argument, const SettingsTable& table) {
    if (!argument.starts_with("--")) {
        const std::string kind = argument.starts_with('-') ? "flag" : "role";
        throw domain::SetupError("there is no " + kind + " '" + argument + "'; see --help");
    }
    const auto name = argument.substr(2, argument.find('=') - 2);
    throw domain::SetupError(
        "there is no setting --" + name + "; the nearest is --" + table.nearest(name) +
        " (the role 'config' lists all)"
    );
}

int run_command(int count, const char* const* arguments) {
    Settings settings;
    SettingsTable table;
    bind(table, settings);

    const std::string program = name_of(arguments[0]);
    CLI::App app(
        "Antiphon: a command goes in, 202 comes back at once, its event comes back by itself",
        program
    );
    app.footer(teaching_for(program));
    app.set_version_flag("--version", "antiphon " ANTIPHON_VERSION);
    app.allow_extras()->fallthrough()->require_subcommand(0, 1);
    const auto* config = app.add_option("--config", "Settings file instead of DATA/antiphon.conf")
                             ->envname("ANTIPHON_CONFIG")
                             ->type_name("FILE");
    const auto* data = app.add_option("--data", "Data folder, whose antiphon.conf is read")
                           ->envname("ANTIPHON_DATA")
                           ->type_name("DIR")
                           ->default_val("var");
    std::vector<std::pair<std::string, std::string>> flags;
    for (const auto& setting : table.all()) {
        app.add_option_function<std::string>(
               "--" + setting.name,
               [&flags, name = setting.name](const std::string& value) {
                   flags.emplace_back(name, value);
               }
        )
            ->expected(0, 1)  // so that a missing value is refused by us, in our words
            ->take_last()
            ->group("");
    }
    Command::Run chosen;
    for (const auto& command : commands) {
        auto* flags_of_it = app.add_subcommand(command.name, command.description);
        flags_of_it->final_callback([&chosen, run = command.prepare(*flags_of_it)] { chosen = run; }
        );
    }
    const auto* list = app.add_subcommand("config", "List every setting");
    const auto* described = add_describe(app, settings);

    try {
        app.parse(count, arguments);
    } catch (const CLI::Success& help) {
        app.exit(help);
        return 0;
    } catch (const CLI::ParseError& error) {
        throw domain::SetupError(error.what());
    }
    if (const auto unknown = app.remaining(true); !unknown.empty()) refuse(unknown.front(), table);

    if (const auto file = settings_file(*config, *data); !file.empty()) table.read_file(file);
    constexpr std::string_view others[] = {"ANTIPHON_CONFIG", "ANTIPHON_DATA"};
    table.read_environment(environ, others);
    for (const auto& [name, value] : flags) table.set(name, value, "--" + name);

    settings.data = data->as<std::string>();
    if (list->parsed()) {
        print_config(table);
        return 0;
    }
    if (described->parsed()) {
        describe(settings);
        return 0;
    }
    if (!chosen) throw domain::SetupError("name a role; see --help");
    settings.topics.check();
    infra::runtime::start_log(settings.log_level);
    check(settings);
    return chosen(settings);
}

}  // namespace

int run(int count, const char* const* arguments) {
    try {
        const std::span words(arguments, static_cast<std::size_t>(count));
        if (words.size() > 1 && std::string_view(words[1]) == decider_role) {
            run_decider(words.subspan(2));
            return 0;
        }
        return run_command(count, arguments);
    } catch (const std::exception& error) {
        std::cerr << name_of(arguments[0]) << ": " << error.what() << '\n';
        return 1;
    }
}

}  // namespace services::antiphon

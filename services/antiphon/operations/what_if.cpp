#include "services/operations/what_if.hpp"

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_audit.hpp"
#include "infra/process/child_decider.hpp"
#include "infra/process/child_folder.hpp"
#include "services/antiphon/decider.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/operations/text.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"
#include "services/operations/what_if_patch.hpp"
#include "services/operations/what_if_text.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

namespace services::antiphon {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* examples = R"(
Each stored command is decided again, on what this build has decided before it, and compared with
how it was answered: its outcome, and its events by type and by data. Then come the aggregates that
would end in another state, by this build's fold. Nothing is written, and nothing is sent. It keeps
no place: one that was stopped begins anew.
Exit code: 0 nothing would be otherwise, 2 something would, 3 it was stopped, 1 it could not.

  antiphon what-if --category account              all commands of accounts
  antiphon what-if --commands 2026-01-31T00:00:00Z..
  antiphon what-if --commands 1000..2000 --json    each difference, a line each
  antiphon what-if --patch other.ndjson            if these had been sent, too, or not:
    {"remove": "0190a5c4-7e1b-7c3d-8f00-000000000001"}
    {"insert": {"after": 17, "category": "account", "entity": "42", "name": "deposit",
                "data": {"cents": 5}, "user": "ada"}}     (in one line)
)";

struct WhatIfFlags {
    std::string commands;
    std::string patch;
    operations::WhatIfSettings what;
    std::size_t examples = 5;
    std::size_t states_max = 500'000;
    OperationFlags operation;
};

operations::Span span_of(const std::string& text) {
    if (text.empty()) return {};
    const auto span = operations::Span::parse(text);
    if (!span)
        throw domain::SetupError(
            "--commands takes two positions or times with .. between them, or one of them: "
            "1000..2000, 1000.., 2026-01-31T00:00:00Z.."
        );
    return *span;
}

operations::Patch patch_of(
    const std::string& file,
    domain::CommandLog& commands,
    std::span<const domain::AggregatePtr> aggregates
) {
    if (file.empty()) return {};
    std::ifstream lines(file);
    if (!lines) throw domain::SetupError("the patch cannot be read: " + file);
    return operations::read_patch(lines, commands, aggregates);
}

void print_line(const std::string& line) {
    std::cout << line << '\n';
    if (!std::cout) throw domain::SetupError("what is told cannot be written");
}

void tell_end(const operations::WhatIf& what_if, bool json, double seconds) {
    if (json)
        return print_line(nlohmann::ordered_json{
            {"first", what_if.first().value},
            {"last", what_if.last().value},
            {"commands", what_if.commands()},
            {"events", what_if.events()},
            {"pending", what_if.pending()},
            {"differences", what_if.differences()},
            {"seconds",
             seconds}}.dump());
    const auto differences = what_if.differences();
    print_line(
        std::to_string(what_if.commands()) + " commands with " + std::to_string(what_if.events()) +
        " events, from " + std::to_string(what_if.first().value) + " to " +
        std::to_string(what_if.last().value) + ", in " + std::to_string(seconds) + " s: " +
        (differences == 0 ? "no difference" : std::to_string(differences) + " differences") +
        (what_if.pending() == 0
             ? ""
             : "; " + std::to_string(what_if.pending()) + " left out, since they are pending")
    );
}

int what_if(const Settings& settings, const WhatIfFlags& flags) {
    operations::WhatIfSettings what = flags.what;
    what.commands = span_of(flags.commands);
    what.patience = settings.worker.decide_timeout;
    const auto aggregates = domain::all_aggregates();
    if (!what.category.empty()) aggregate_named(aggregates, what.category);
    Store store(settings.postgres);
    infra::postgres::Connection beside(settings.postgres);
    infra::postgres::check_schema(store.connection);
    infra::postgres::PostgresAudit audit(store.connection, beside);
    what.patch = patch_of(flags.patch, store.commands, aggregates);
    infra::process::ChildDeciders deciders(
        {.arguments = decider_arguments(settings, flags.states_max, no_snapshots, false)}
    );
    infra::process::ChildFolder folder(
        {.arguments = decider_arguments(settings, 1, no_snapshots)}, settings.fold_timeout
    );
    operations::WhatIfReport report(flags.examples);
    const bool json = flags.operation.json;
    const auto tell = [&](const auto& difference) {
        if (json) return print_line(operations::to_json(difference));
        report.tell(difference);
    };
    operations::WhatIf what_if(
        {store.commands, store.events, audit, deciders, folder},
        std::move(what),
        {.answer = tell, .state = tell}
    );
    const auto begun = Clock::now();
    const bool all = operate(what_if, "what-if", "commands", flags.operation);
    std::cout << report.text();
    if (!all) {
        std::cerr << "what-if: stopped; it has no place to go on from, and begins anew\n";
        return ExitCode::interrupted;
    }
    tell_end(what_if, json, std::chrono::duration<double>(Clock::now() - begun).count());
    return what_if.differences() == 0 ? ExitCode::done : ExitCode::found;
}

}  // namespace

Command::Run prepare_what_if(CLI::App& app) {
    const auto flags = std::make_shared<WhatIfFlags>();
    app.add_option(
        "--commands", flags->commands, "FROM..TO, each a position, a time or nothing; all of them"
    );
    app.add_option("--category", flags->what.category, "Only commands of this one");
    app.add_option("--patch", flags->patch, "Another past: see below")->type_name("FILE");
    app.add_option("--examples", flags->examples, "So many are shown of a kind")
        ->capture_default_str();
    app.add_flag("--json", flags->operation.json, "Print each difference as JSON, a line each");
    add_rate(app, flags->operation);
    app.add_option("--deciders", flags->what.deciders, "Processes that decide at the same time")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    app.add_option("--states-max", flags->states_max, "Aggregates that each of them keeps")
        ->check(CLI::Range(1, 100'000'000))
        ->capture_default_str();
    app.add_option(
           "--diverged-max",
           flags->what.diverged_max,
           "Events kept in memory of aggregates that go another way"
    )
        ->capture_default_str();
    app.footer(examples);
    return [flags](const Settings& settings) { return what_if(settings, *flags); };
}

}  // namespace services::antiphon

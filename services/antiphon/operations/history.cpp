#include "services/operations/history.hpp"

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_snapshot_store.hpp"
#include "infra/process/child_folder.hpp"
#include "services/antiphon/decider.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/operations/text.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"
#include "services/operations/moment_text.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <unistd.h>

namespace services::antiphon {
namespace {

constexpr const char* history_examples = R"(Examples:
  antiphon history account/42                   all of it, with what each event changed
  antiphon history account/42 --at 7            the event of version 7, and the state after it
  antiphon history account/42 --at 2026-01-31T12:00:00Z
                                                the last event until then, and the state
  antiphon history account/42 --between 5..9    from version 5 to version 9
  antiphon history account/42 --between 2026-01-31T00:00:00Z..
  antiphon history account/42 --json | jq -c .changed
+ was added, ~ changed, - removed. Whoever runs this sees what is stored: may_read is not asked.)";

struct HistoryFlags {
    std::string aggregate;
    std::string at;
    std::string between;
    OperationFlags operation;
};

operations::Span span_of(const HistoryFlags& flags) {
    if (!flags.at.empty()) {
        const auto moment = operations::parse_bound(flags.at);
        if (!moment)
            throw domain::SetupError(
                "--at takes a version (7) or a time with its offset (2026-01-31T12:00:00Z)"
            );
        return operations::Span::at(*moment);
    }
    if (flags.between.empty()) return {};
    const auto span = operations::Span::parse(flags.between);
    if (!span)
        throw domain::SetupError(
            "--between takes two versions or times with .. between them, or one of them: 5..9, "
            "5.., ..2026-01-31T12:00:00Z"
        );
    return *span;
}

bool may_colour() {
    const char* no_colour = std::getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

int history(const Settings& settings, const HistoryFlags& flags) {
    const domain::StreamId stream = stream_named(flags.aggregate);
    const operations::Span span = span_of(flags);
    const auto aggregates = domain::all_aggregates();
    aggregate_named(aggregates, stream.category);
    Store store(settings.postgres);
    infra::postgres::check_schema(store.connection);
    infra::postgres::PostgresSnapshotStore snapshots(
        store.connection, domain::state_forms(aggregates)
    );
    infra::process::ChildFolder folder(
        {.arguments = decider_arguments(settings, 1, no_snapshots)}, settings.fold_timeout
    );
    const bool over_the_bar = isatty(STDOUT_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
    const auto tell = [&, colour = may_colour()](const operations::Moment& moment) {
        if (over_the_bar) std::cout << "\r\033[K";
        if (flags.operation.json) {
            std::cout << operations::to_json(moment) << '\n';
        } else {
            std::cout << operations::to_text(moment, colour);
        }
        if (!std::cout) throw domain::SetupError("what is told cannot be written");
    };
    operations::History told({store.events, store.commands, snapshots, folder}, stream, span, tell);
    const bool all = operate(told, "history", "events", flags.operation);
    return all ? ExitCode::done : ExitCode::interrupted;
}

}  // namespace

Command::Run prepare_history(CLI::App& app) {
    const auto flags = std::make_shared<HistoryFlags>();
    app.add_option("AGGREGATE", flags->aggregate, "CATEGORY/ENTITY, such as account/42")
        ->required();
    auto* at = app.add_option("--at", flags->at, "One moment of it: a VERSION or a TIME");
    app.add_option("--between", flags->between, "A..B, each a VERSION, a TIME or nothing")
        ->excludes(at);
    app.add_flag("--json", flags->operation.json, "Print each event as JSON, a line each");
    app.footer(history_examples);
    return [flags](const Settings& settings) { return history(settings, *flags); };
}

}  // namespace services::antiphon

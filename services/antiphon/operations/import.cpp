#include "services/operations/import.hpp"

#include "domain/kernel/error.hpp"
#include "infra/archive/file_archive.hpp"
#include "infra/memory/memory_histories.hpp"
#include "infra/memory/memory_store_import.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_histories.hpp"
#include "infra/postgres/postgres_store_import.hpp"
#include "infra/runtime/reading_ahead.hpp"
#include "services/antiphon/decider.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/roles.hpp"
#include "services/operations/foreign_import.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

namespace services::antiphon {
namespace {

using Json = nlohmann::ordered_json;

/// Of the lines that a dry run of a foreign history holds in memory.
constexpr std::int64_t dry_run_bytes_max = std::int64_t{1} << 30U;

struct ImportAsked {
    OperationFlags flags;
    std::string folder;
    std::string foreign;
};

constexpr const char* import_examples = R"(
Fills an empty store with an archive of antiphon export: positions, ids and cursors are the same, so
a client that was connected to the old one goes on with its Last-Event-ID, and a repeated command is
known. It needs the rights of the owner, as antiphon migrate does, which comes first. Until it is
done, no role may work on the store. Killed or stopped, the same command goes on; --restart takes
back what was brought. Nothing is taken of a segment that is damaged.

  antiphon migrate --postgres.url OWNER --postgres.run_role antiphon_run
  antiphon import var/archive --postgres.url OWNER --dry-run   is the archive sound?
  antiphon import var/archive --postgres.url OWNER --rate 0
  antiphon verify

--foreign FILE brings the history of another system, an event in each line of JSON; - is standard
input (docs/EXPORT.md has the mapping):

  {"category":"account","entity":"42","type":"opened","time":"2019-01-31T12:00:00Z","data":{…}}
  antiphon import --foreign history.jsonl --dry-run      checks every line, and imports nothing

Exit code: 0 done; 2 done, and it told of streams whose keys could not be reserved; 3 it was
stopped; 1 it could not, and says what to do.)";

void print(const ImportAsked& asked, const Json& json, const std::string& text) {
    if (asked.flags.json) {
        std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
    } else {
        std::cout << text << std::endl;
    }
}

operations::ImportTold told_by(const ImportAsked& asked) {
    return {
        .fault =
            [&asked](const domain::HistoryFault& fault) {
                const auto& [category, entity] = fault.stream;
                print(
                    asked,
                    {{"fault", "history"},
                     {"category", category},
                     {"entity", entity},
                     {"version", fault.version.value},
                     {"what", fault.reason}},
                    category + '/' + entity + ", version " + std::to_string(fault.version.value) +
                        ": " + fault.reason
                );
            },
        .taken =
            [&asked](const domain::TakenKey& key) {
                const auto& [category, entity] = key.stream;
                print(
                    asked,
                    {{"fault", "reservation"},
                     {"category", category},
                     {"entity", entity},
                     {"scope", key.scope},
                     {"key", key.key},
                     {"holder", key.holder}},
                    category + '/' + entity + ": the " + key.scope + ' ' + key.key + " is " +
                        key.holder + "'s"
                );
            }};
}

void tell_rows(const ImportAsked& asked, domain::Position commands, domain::Position events) {
    print(
        asked,
        {{"commands", commands.value}, {"events", events.value}, {"dry_run", asked.flags.dry_run}},
        std::to_string(commands.value) + " commands and " + std::to_string(events.value) +
            " events" + (asked.flags.dry_run ? " can be imported" : " are imported")
    );
}

/// The store that is filled.
struct Target {
    explicit Target(const Settings& settings)
        : connection(infra::postgres::importing(settings.postgres)),
          ahead(infra::postgres::importing(settings.postgres)) {
        infra::postgres::check_tables(connection);
    }

    infra::postgres::Connection connection, ahead;
    infra::postgres::PostgresStoreImport store{connection};
    infra::postgres::PostgresHistories histories{ahead};
    infra::runtime::ReadingAhead reading_ahead{histories};
};

int import_archive(const Settings& settings, const ImportAsked& asked) {
    using infra::archive::FileArchive;
    FileArchive archive(asked.folder, FileArchive::Use::read);
    if (asked.flags.dry_run) {
        const auto manifest = operations::Import::check(archive);
        tell_rows(asked, manifest.commands, manifest.events);
        return done;
    }
    Target target(settings);
    const auto aggregates = domain::all_aggregates();
    auto checker = make_checker(settings);
    if (asked.flags.restart) target.store.abandon();
    operations::Import operation(
        {target.store, target.reading_ahead, checker, aggregates, told_by(asked)}, archive
    );
    if (!operate(operation, "import", "rows", asked.flags)) return interrupted;
    tell_rows(asked, operation.manifest().commands, operation.manifest().events);
    return operation.faults() == 0 ? done : found;
}

int import_lines(const Settings& settings, const ImportAsked& asked) {
    std::ifstream file;
    if (asked.foreign != "-") {
        file.open(asked.foreign, std::ios::binary);
        if (!file)
            throw domain::SetupError("cannot read " + asked.foreign + ": " + std::strerror(errno));
    }
    std::istream& lines = asked.foreign == "-" ? std::cin : file;
    const auto aggregates = domain::all_aggregates();
    auto checker = make_checker(settings);
    const auto run = [&](const operations::ImportParts& parts, std::int64_t bytes_max) {
        operations::ForeignImport operation(parts, lines, bytes_max);
        if (!operate(operation, "import", "rows", asked.flags)) return interrupted;
        tell_rows(asked, {operation.events()}, {operation.events()});
        return done;
    };
    if (asked.flags.dry_run) {
        infra::memory::MemoryStore memory;
        infra::memory::MemoryStoreImport store(memory);
        infra::memory::MemoryHistories histories(memory);
        return run({store, histories, checker, aggregates, told_by(asked)}, dry_run_bytes_max);
    }
    Target target(settings);
    if (asked.flags.restart) target.store.abandon();
    return run(
        {target.store, target.reading_ahead, checker, aggregates, told_by(asked)},
        std::numeric_limits<std::int64_t>::max()
    );
}

int run_import(const Settings& settings, const ImportAsked& asked) {
    if (asked.folder.empty() == asked.foreign.empty())
        throw domain::SetupError("name the folder of an archive, or --foreign FILE");
    return asked.foreign.empty() ? import_archive(settings, asked) : import_lines(settings, asked);
}

}  // namespace

Command::Run prepare_import(CLI::App& app) {
    const auto asked = std::make_shared<ImportAsked>();
    app.add_option("FOLDER", asked->folder, "Where the archive is");
    app.add_option("--foreign", asked->foreign, "A history of another system, as JSON lines");
    add_flags(app, asked->flags);
    app.footer(import_examples);
    return [asked](const Settings& settings) { return run_import(settings, *asked); };
}

}  // namespace services::antiphon

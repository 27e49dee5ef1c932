#include "services/operations/export.hpp"

#include "infra/archive/file_archive.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_store_export.hpp"
#include "infra/runtime/export_reading_ahead.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/roles.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>
#include <string>

namespace services::antiphon {
namespace {

struct ExportAsked {
    OperationFlags flags;
    std::string folder;
};

constexpr const char* export_examples = R"(
Writes all commands and events, and what stands beside them, to a folder: JSON lines, compressed,
with checksums and a manifest (docs/EXPORT.md). The system may run meanwhile: what is written is the
store up to a cut, which is taken at the beginning. The role that runs is enough; nothing is locked.
Stopped or killed, the same command goes on behind the last segment that is there; on an archive
that is complete, it adds what has come since. Secrets are not exported: a new store makes its own.

  antiphon export var/archive --dry-run   how much it would be
  antiphon export var/archive             beside a busy system, at most 50,000 rows a second
  antiphon export var/archive --rate 0    as fast as it can; Ctrl-C, and again: it goes on
  antiphon import var/archive             into another store: the same positions, ids and cursors

Exit code: 0 complete, 3 it was stopped, 1 it could not, and says what to do.)";

void tell(const domain::Manifest& manifest, const ExportAsked& asked) {
    std::int64_t bytes = 0;
    for (const auto& segment : manifest.segments) bytes += segment.bytes;
    if (asked.flags.json) {
        std::cout << nlohmann::ordered_json{
            {"folder", asked.folder},
            {"commands", manifest.commands.value},
            {"events", manifest.events.value},
            {"incarnation", manifest.incarnation},
            {"segments", manifest.segments.size()},
            {"bytes", bytes},
            {"complete", manifest.complete}}
                  << std::endl;
    } else {
        std::cout << manifest.commands.value << " commands and " << manifest.events.value
                  << " events, " << manifest.segments.size() << " segments of " << bytes
                  << " bytes in " << asked.folder << (manifest.complete ? "" : ", not complete yet")
                  << std::endl;
    }
}

int run_export(const Settings& settings, const ExportAsked& asked) {
    using infra::archive::FileArchive;
    infra::postgres::Connection connection(settings.postgres);
    infra::postgres::check_schema(connection);
    infra::postgres::PostgresStoreExport stored(connection);
    infra::runtime::ExportReadingAhead store(stored);
    if (asked.flags.dry_run) {
        FileArchive archive(asked.folder, FileArchive::Use::read);
        tell(operations::Export::plan(store, archive), asked);
        return done;
    }
    FileArchive archive(asked.folder, FileArchive::Use::write);
    if (asked.flags.restart) archive.forget();
    operations::Export operation(store, archive);
    const bool ended = operate(operation, "export", "rows", asked.flags);
    tell(operation.manifest(), asked);
    return ended ? done : interrupted;
}

}  // namespace

Command::Run prepare_export(CLI::App& app) {
    const auto asked = std::make_shared<ExportAsked>();
    app.add_option("FOLDER", asked->folder, "Where the archive is to be, or is")->required();
    add_flags(app, asked->flags);
    app.footer(export_examples);
    return [asked](const Settings& settings) { return run_export(settings, *asked); };
}

}  // namespace services::antiphon

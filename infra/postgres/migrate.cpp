#include "infra/postgres/migrate.hpp"

#include "domain/kernel/error.hpp"
#include "infra/postgres/run_role.hpp"
#include "infra/postgres/session.hpp"

#include <map>

namespace infra::postgres {
namespace {

constexpr auto lock_migrations = "select pg_advisory_lock(hashtext('antiphon.migrations'))";

constexpr auto unlock_migrations = "select pg_advisory_unlock(hashtext('antiphon.migrations'))";

constexpr auto create_schema_migrations =
    "create table if not exists schema_migrations ("
    " number integer primary key, name text not null, sha256 text not null,"
    " applied_at timestamptz not null default now())";

constexpr auto is_unedited =
    "select sha256 = encode(sha256(convert_to($2, 'UTF8')), 'hex')"
    " from schema_migrations where number = $1";

constexpr auto record_migration =
    "insert into schema_migrations (number, name, sha256)"
    " values ($1, $2, encode(sha256(convert_to($3, 'UTF8')), 'hex'))";

constexpr auto read_version = "select coalesce(max(number), 0) from schema_migrations";

const Statement read_schema_version{"read_schema_version", read_version};

const Statement find_import{"find_import", "select from imports i where not i.finished"};

const Statement fix_partitions{"first_partitions", "select first_partitions($1)"};
/// Something of ours that whoever is connected may not use.
const Statement find_refused{
    "find_refused",
    "select current_user, coalesce("
    " (select r.relname from pg_class r where r.relnamespace = s.relnamespace"
    "  and r.relname = any($1) and not has_table_privilege(r.oid, 'select') limit 1),"
    " (select p.proname from pg_proc p where p.pronamespace = s.relnamespace"
    "  and p.proname = any($2) and not has_function_privilege(p.oid, 'execute') limit 1))"
    " from pg_class s where s.oid = to_regclass('schema_migrations')"};

/// True if it has been applied now.
bool apply(pqxx::connection& connection, const Migration& migration) {
    pqxx::work transaction(connection);
    const std::string sql(migration.sql);
    const std::string name(migration.name);
    const auto applied = transaction.exec_params(is_unedited, migration.number, sql);
    if (!applied.empty()) {
        if (applied.front()[0].as<bool>()) return false;
        throw domain::SetupError(
            name + " was edited after it was applied: put the file back, and write a new one"
        );
    }
    transaction.exec(sql);
    transaction.exec_params(record_migration, migration.number, name, sql);
    transaction.commit();
    return true;
}

void migrate_locked(
    pqxx::connection& connection,
    std::span<const Migration> migrations,
    MigrationReport& report
) {
    pqxx::nontransaction(connection).exec(create_schema_migrations);
    for (const auto& migration : migrations) {
        if (apply(connection, migration)) report.applied.push_back(migration.name);
    }
    report.version = pqxx::nontransaction(connection).exec1(read_version)[0].as<int>();
    const int known = migrations.empty() ? 0 : migrations.back().number;
    if (report.version > known) {
        throw domain::SetupError(
            "the database is at migration " + std::to_string(report.version) +
            ", this program knows " + std::to_string(known) + ": use a newer program"
        );
    }
}

}  // namespace

MigrationReport migrate(
    const ConnectionSettings& settings,
    std::span<const Migration> migrations,
    const std::string& run_role
) {
    ConnectionSettings patient = settings;
    patient.statement_timeout = std::chrono::milliseconds(0);  // a migration may take its time
    Connection connection(patient);
    MigrationReport report;
    connection.session().use([&](pqxx::connection& session) {
        pqxx::nontransaction(session).exec(lock_migrations);
        check_owner(session);
        migrate_locked(session, migrations, report);
        grant(session, own_names(migrations), run_role);
        pqxx::nontransaction(session).exec(unlock_migrations);
    });
    return report;
}

void check_tables(Connection& connection) {
    static const OwnNames ours = own_names(all_migrations());
    const int needed = all_migrations().back().number;
    Connection::Session& session = connection.session();
    const auto rights = session.run(find_refused, ours.relations, ours.routines);
    const bool any = !rights.empty();
    if (any && !rights.front()[1].is_null()) {
        const std::string role = rights.front()[0].c_str();
        throw domain::SetupError(
            "the role " + role + " may not use " + rights.front()[1].c_str() +
            " of the database: run antiphon migrate as its owner with --postgres.run_role " + role
        );
    }
    const int version = any ? session.run(read_schema_version).front()[0].as<int>() : 0;
    if (version < needed) {
        throw domain::SetupError(
            "the database is at migration " + std::to_string(version) + ", this program needs " +
            std::to_string(needed) + ": run antiphon migrate"
        );
    }
}

void check_schema(Connection& connection) {
    check_tables(connection);
    if (connection.session().run(find_import).empty()) return;
    throw domain::SetupError(
        "an import is under way in this database: the same antiphon import goes on with it, and "
        "with --restart it takes back what it has brought"
    );
}

std::int32_t first_partitions(Connection& connection, std::int32_t partitions) {
    return connection.session().run(fix_partitions, partitions).front()[0].as<std::int32_t>();
}

}  // namespace infra::postgres

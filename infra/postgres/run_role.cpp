#include "infra/postgres/run_role.hpp"

#include "domain/kernel/error.hpp"
#include "infra/postgres/array_text.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace infra::postgres {
namespace {

constexpr auto read_owner =
    "select current_user, coalesce("
    " (select pg_has_role(relowner, 'usage') from pg_class"
    "  where oid = to_regclass('schema_migrations')),"
    " has_schema_privilege(current_schema(), 'create'), false)";

/// A function that acts as its owner must find what its owner meant: nobody else's things, and
/// temporary ones last.
constexpr auto secure_routines =
    "select format('alter routine %1$s security definer set search_path = %2$I, pg_temp;"
    " revoke all on routine %1$s from public', p.oid::regprocedure, current_schema())"
    " from pg_proc p"
    " where p.pronamespace = current_schema()::regnamespace and p.proname = any($1)";

constexpr auto secure_relations =
    "select format('revoke all on %s from public', c.oid::regclass) from pg_class c"
    " where c.relnamespace = current_schema()::regnamespace and c.relname = any($1)";

/// Whoever may make things in the schema could slip them to whoever reads by name alone.
constexpr auto secure_schema =
    "select format('revoke create on schema %I from public', current_schema())";

constexpr auto grant_schema =
    "select format('grant usage on schema %I to %I; revoke create on schema %1$I from %2$I;"
    " revoke temporary on database %3$I from public, %2$I',"
    " current_schema(), $1::text, current_database())";

constexpr auto grant_routines =
    "select format('grant execute on routine %s to %I', p.oid::regprocedure, $2::text)"
    " from pg_proc p"
    " where p.pronamespace = current_schema()::regnamespace and p.proname = any($1)";

constexpr auto grant_relations =
    "select format('revoke all on %1$s from %2$I; grant select on %1$s to %2$I',"
    " c.oid::regclass, $2::text) from pg_class c"
    " where c.relnamespace = current_schema()::regnamespace and c.relname = any($1)";

constexpr auto find_role = "select from pg_roles where rolname = $1";

/// What makes a role more than one that runs, or null.
constexpr auto find_excess =
    "select case"
    " when r.rolsuper then 'is a superuser'"
    " when pg_has_role(r.oid, t.relowner, 'member') then 'is, or may become, the owner'"
    " when r.rolcreaterole then 'may make roles'"
    " when pg_has_role(r.oid, 'pg_write_all_data', 'member') then 'may write everything'"
    " when has_schema_privilege(r.oid, current_schema(), 'create')"
    "  then 'may make things in schema ' || current_schema()"
    " when exists (select from pg_shdepend d where d.refclassid = 'pg_authid'::regclass"
    "  and d.refobjid = r.oid and d.deptype = 'o') then 'owns something'"
    " end from pg_roles r, pg_class t"
    " where r.rolname = $1 and t.oid = 'schema_migrations'::regclass";

/// Runs what the query writes.
template <class... Values>
void generate(pqxx::work& transaction, const char* query, const Values&... values) {
    for (const auto& row : transaction.exec_params(query, values...))
        transaction.exec(row[0].c_str());
}

void check_exists(pqxx::work& transaction, const std::string& role) {
    if (!transaction.exec_params(find_role, role).empty()) return;
    throw domain::SetupError(
        "postgres.run_role: PostgreSQL has no role " + role + ": make it (create role \"" + role +
        "\" login), then migrate again"
    );
}

void check_excess(pqxx::work& transaction, const std::string& role) {
    const auto excess = transaction.exec_params1(find_excess, role)[0];
    if (excess.is_null()) return;
    throw domain::SetupError(
        "postgres.run_role: the role " + role + ' ' + excess.c_str() +
        ": name one that can do nothing by itself"
    );
}

/// A key word or a name, in small letters, as PostgreSQL takes them; empty at the end.
std::string next_word(std::istream& text) {
    const auto in_word = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    std::string word;
    while (text >> word) {
        word.erase(std::ranges::find_if_not(word, in_word), word.end());
        if (!word.empty()) break;
    }
    std::ranges::transform(word, word.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return word;
}

}  // namespace

OwnNames own_names(std::span<const Migration> migrations) {
    static const std::set<std::string> between{"or", "replace", "unlogged", "materialized"};
    static const std::set<std::string> relation_kinds{"table", "view", "sequence"};
    static const std::set<std::string> routine_kinds{"function", "procedure"};
    ArrayText relations, routines;
    relations.add(std::string_view("schema_migrations"));
    for (const auto& migration : migrations) {
        std::istringstream words{std::string(migration.sql)};
        for (std::string word = next_word(words); !word.empty(); word = next_word(words)) {
            if (word != "create") continue;
            std::string kind = next_word(words);
            while (between.contains(kind)) kind = next_word(words);
            const bool relation = relation_kinds.contains(kind);
            if (!relation && !routine_kinds.contains(kind)) continue;
            std::string name = next_word(words);
            while (name == "if" || name == "not" || name == "exists") name = next_word(words);
            (relation ? relations : routines).add(std::string_view(name));
        }
    }
    return {std::move(relations).take(), std::move(routines).take()};
}

void check_owner(pqxx::connection& connection) {
    const auto row = pqxx::nontransaction(connection).exec1(read_owner);
    if (row[1].as<bool>()) return;
    throw domain::SetupError(
        std::string("the role ") + row[0].c_str() +
        " may not make or change the tables: name their owner by --postgres.url"
    );
}

void grant(pqxx::connection& connection, const OwnNames& names, const std::string& run_role) {
    pqxx::work transaction(connection);
    generate(transaction, secure_routines, names.routines);
    generate(transaction, secure_relations, names.relations);
    generate(transaction, secure_schema);
    if (!run_role.empty()) {
        check_exists(transaction, run_role);
        generate(transaction, grant_schema, run_role);
        generate(transaction, grant_routines, names.routines, run_role);
        generate(transaction, grant_relations, names.relations, run_role);
        check_excess(transaction, run_role);
    }
    transaction.commit();
}

}  // namespace infra::postgres

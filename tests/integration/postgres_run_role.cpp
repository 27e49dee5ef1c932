#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_command_log.hpp"
#include "infra/postgres/session.hpp"
#include "tests/kit/private_postgres.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace infra::postgres {
namespace {

/// A database of its own for each test, and two connections to it: as who migrates, as who runs.
/// That the whole of Antiphon works as the latter is shown by the contract and end-to-end tests.
class RunRole : public testing::Test {
  protected:
    RunRole() {
        const auto name = "run_role_" + std::to_string(++databases_);
        owner.url = postgres().url("postgres");
        ask(owner, "create database " + name);
        owner.url = postgres().url(name);
        runner.url = postgres().run_url(name);
    }

    static const kit::PrivatePostgres& postgres() {
        static const kit::PrivatePostgres postgres("run_role");
        return postgres;
    }

    static std::string ask(const ConnectionSettings& settings, const std::string& sql) {
        Connection connection(settings);
        std::string value;
        connection.session().use([&](pqxx::connection& session) {
            const auto rows = pqxx::nontransaction(session).exec(sql);
            if (!rows.empty()) value = rows.front()[0].c_str();
        });
        return value;
    }

    void migrate_for(const std::string& role) const { migrate(owner, all_migrations(), role); }

    static void check(const ConnectionSettings& settings) {
        Connection connection(settings);
        check_schema(connection);
    }

    template <class Error, class Call>
    static std::string error_of(const Call& call) {
        try {
            call();
        } catch (const Error& error) {
            return error.what();
        }
        return "";
    }

    void expect_refused(const std::string& sql) const {
        const auto error = error_of<domain::WorldError>([&] { ask(runner, sql); });
        EXPECT_NE(error.find("permission denied"), std::string::npos) << sql << ": " << error;
    }

    ConnectionSettings owner;
    ConnectionSettings runner;

  private:
    static inline int databases_ = 0;
};

using kit::PrivatePostgres;

/// Whatever kind of thing a later migration makes, and however it is written.
TEST_F(RunRole, MayReadEveryTableAndCallEveryFunction) {
    migrate_for(PrivatePostgres::run_role);
    const auto all =
        "from pg_class where relnamespace = 'public'::regnamespace and relkind in"
        " ('r', 'v', 'm', 'p')";
    EXPECT_EQ(ask(owner, std::string("select count(*) < 7 ") + all), "f") << "what is counted?";
    EXPECT_EQ(
        ask(runner,
            std::string("select string_agg(relname, ' ') ") + all +
                " and not has_table_privilege(oid, 'select')"),
        ""
    );
    EXPECT_EQ(
        ask(runner,
            "select string_agg(proname, ' ') from pg_proc where pronamespace ="
            " 'public'::regnamespace and not (has_function_privilege(oid, 'execute') and prosecdef"
            " and proconfig = '{\"search_path=public, pg_temp\"}')"),
        ""
    );
    check(runner);
}

TEST_F(RunRole, WritesNoTableByItself) {
    migrate_for(PrivatePostgres::run_role);
    Connection connection(runner);
    PostgresCommandLog(connection).append(std::vector{kit::sample_command(1)});
    const auto tables =
        ask(owner,
            "select string_agg(relname, ',') from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind = 'r'");
    ASSERT_NE(tables.find("commands"), std::string::npos);
    for (std::size_t from = 0; from < tables.size();) {
        const auto comma = std::min(tables.find(',', from), tables.size());
        const auto table = tables.substr(from, comma - from);
        expect_refused("insert into " + table + " overriding system value select * from " + table);
        expect_refused("delete from " + table);
        expect_refused("truncate " + table);
        expect_refused("select * from " + table + " for update");
        from = comma + 1;
    }
    expect_refused("update commands set data = 'forged'");
    expect_refused("update events set data = 'forged'");
    expect_refused("update logs set incarnation = incarnation + 1");
    EXPECT_EQ(ask(owner, "select count(*) from commands where data <> 'forged'"), "1");
}

TEST_F(RunRole, MakesAndOwnsNothing) {
    ask(owner, "grant create on schema public to public");  // as databases before 15 have it
    migrate_for(PrivatePostgres::run_role);
    expect_refused("create table mine (id integer)");
    expect_refused("create temporary table mine (id integer)");
    expect_refused("create schema mine");
    expect_refused("create role mine");
    expect_refused("create function mine() returns integer language sql as 'select 1'");
    for (const std::string change :
         {"drop table commands",
          "alter table events add column mine integer",
          "drop function prune_progress()",
          "alter function prune_progress() security invoker"}) {
        const auto error = error_of<domain::WorldError>([&] { ask(runner, change); });
        EXPECT_NE(error.find("must be owner"), std::string::npos) << error;
    }
    EXPECT_EQ(
        ask(owner,
            "select count(*) from pg_shdepend where deptype = 'o'"
            " and refobjid = 'antiphon_run'::regrole"),
        "0"
    );
}

/// With the owner's rights, a function must not be led to somebody else's things.
TEST_F(RunRole, FunctionsFindTheirTablesWhereverTheCallerLooks) {
    migrate_for(PrivatePostgres::run_role);
    ask(owner,
        "create schema trap; grant usage on schema trap to antiphon_run;"
        " create table trap.commands (like public.commands)");
    ConnectionSettings trapped = runner;
    trapped.url += "&options=-c%20search_path%3Dtrap,public";
    Connection connection(trapped);
    PostgresCommandLog(connection).append(std::vector{kit::sample_command(1)});
    EXPECT_EQ(ask(owner, "select count(*) from public.commands"), "1");
    EXPECT_EQ(ask(owner, "select count(*) from trap.commands"), "0");
}

TEST_F(RunRole, NobodyElseMayDoAnything) {
    migrate_for("");
    expect_refused("select * from commands");
    expect_refused("select prune_progress()");
    const auto error = error_of<domain::SetupError>([&] { check(runner); });
    EXPECT_NE(error.find("--postgres.run_role antiphon_run"), std::string::npos) << error;
    migrate_for(PrivatePostgres::run_role);
    check(runner);
}

/// An earlier build made these, and things of later migrations are granted with each migrating.
TEST_F(RunRole, IsGrantedWhatStoodBeforeAndWhatComesLater) {
    migrate(owner, all_migrations().first(5));
    migrate(owner, all_migrations().first(5), PrivatePostgres::run_role);
    const auto error = error_of<domain::SetupError>([&] { check(runner); });
    EXPECT_NE(error.find("run antiphon migrate"), std::string::npos) << error;
    migrate_for(PrivatePostgres::run_role);
    check(runner);
    migrate_for(PrivatePostgres::run_role);  // a repeat changes nothing
    check(runner);
    ask(owner, "revoke execute on function renew_lease from antiphon_run");
    const auto lost = error_of<domain::SetupError>([&] { check(runner); });
    EXPECT_NE(lost.find("renew_lease"), std::string::npos) << lost;
}

TEST_F(RunRole, LeavesOthersThingsAlone) {
    ask(owner,
        "create function others() returns integer language sql as 'select 1';"
        " create table their_own (id integer)");
    migrate_for(PrivatePostgres::run_role);
    EXPECT_EQ(ask(runner, "select others()"), "1");
    expect_refused("select * from their_own");
    EXPECT_EQ(ask(owner, "select prosecdef from pg_proc where proname = 'others'"), "f");
}

TEST_F(RunRole, MayNotMigrate) {
    const auto by_runner = [this] { migrate(runner); };
    const auto empty = error_of<domain::SetupError>(by_runner);
    EXPECT_NE(empty.find("name their owner by --postgres.url"), std::string::npos) << empty;
    migrate_for(PrivatePostgres::run_role);
    const auto full = error_of<domain::SetupError>(by_runner);
    EXPECT_NE(full.find("antiphon_run may not make or change"), std::string::npos) << full;
}

TEST_F(RunRole, IsRefusedWhenItIsMissingOrCouldDoMore) {
    const auto refusal = [this](const std::string& role) {
        return error_of<domain::SetupError>([&] { migrate_for(role); });
    };
    EXPECT_NE(refusal("nobody\"s").find("no role nobody\"s"), std::string::npos);
    EXPECT_NE(refusal("antiphon").find("is a superuser"), std::string::npos);
    const std::pair<const char*, const char*> excesses[] = {
        {"create role more in role pg_write_all_data", "may write everything"},
        {"create role more createrole", "may make roles"},
        {"create role more; create schema of_more authorization more", "owns something"}};
    for (const auto& [made, reason] : excesses) {
        ask(owner, made);
        EXPECT_NE(refusal("more").find(reason), std::string::npos) << refusal("more");
        ask(owner, "drop owned by more; drop role more");
    }
    EXPECT_NE(error_of<domain::SetupError>([&] { check(runner); }), "") << "nothing is granted";
}

}  // namespace
}  // namespace infra::postgres

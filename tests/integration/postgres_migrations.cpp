#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/session.hpp"
#include "tests/kit/private_postgres.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

namespace infra::postgres {
namespace {

using namespace std::chrono_literals;

const Migration things{1, "0001_things.sql", "create table things (id integer)"};
const Migration more{
    2,
    "0002_more.sql",
    "insert into things values (7); insert into things values (8)"};

/// An empty database for each test.
class Migrations : public testing::Test {
  protected:
    Migrations() {
        static const kit::PrivatePostgres postgres("migrations");
        static int databases = 0;
        const auto name = "migrations_" + std::to_string(++databases);
        settings.url = postgres.url("postgres");
        ask("create database " + name);
        settings.url = postgres.url(name);
    }

    /// The first value of the answer.
    std::string ask(const std::string& sql) const {
        Connection connection(settings);
        std::string value;
        connection.session().use([&](pqxx::connection& session) {
            const auto rows = pqxx::nontransaction(session).exec(sql);
            if (!rows.empty()) value = rows.front()[0].c_str();
        });
        return value;
    }

    /// What check_schema() says against the database; empty: nothing.
    std::string complaint() const {
        Connection connection(settings);
        try {
            check_schema(connection);
        } catch (const domain::SetupError& error) {
            return error.what();
        }
        return "";
    }

    std::string refusal_of(std::span<const Migration> migrations) const {
        try {
            migrate(settings, migrations);
        } catch (const domain::SetupError& error) {
            return error.what();
        }
        return "";
    }

    ConnectionSettings settings;
};

using Names = std::vector<std::string_view>;

TEST_F(Migrations, BringAnEmptyDatabaseToWhatTheProgramNeeds) {
    EXPECT_NE(complaint().find("run antiphon migrate"), std::string::npos) << complaint();
    const auto report = migrate(settings);
    EXPECT_EQ(report.applied.size(), all_migrations().size());
    EXPECT_EQ(report.version, all_migrations().back().number);
    EXPECT_EQ(complaint(), "");
}

TEST_F(Migrations, AreAppliedOnceInTheirOrder) {
    const std::vector both{things, more};
    EXPECT_EQ(migrate(settings, std::span(both).first(1)).applied, Names{"0001_things.sql"});
    const auto report = migrate(settings, both);
    EXPECT_EQ(report.applied, Names{"0002_more.sql"});
    EXPECT_EQ(report.version, 2);
    EXPECT_TRUE(migrate(settings, both).applied.empty());
    EXPECT_EQ(ask("select sum(id) from things"), "15");
}

TEST_F(Migrations, AreRefusedWhenEditedAfterwards) {
    migrate(settings, std::vector{things});
    auto edited = things;
    edited.sql = "create table things (id bigint)";
    const auto refusal = refusal_of(std::vector{edited, more});
    EXPECT_NE(refusal.find("0001_things.sql was edited"), std::string::npos) << refusal;
    EXPECT_EQ(ask("select count(*) from things"), "0") << "nothing after it is applied";
}

TEST_F(Migrations, AreRefusedByAProgramThatIsOlderThanTheDatabase) {
    migrate(settings, std::vector{things, more});
    EXPECT_NE(refusal_of(std::vector{things}).find("use a newer program"), std::string::npos);
}

TEST_F(Migrations, LeaveNothingOfOneThatFails) {
    auto failing = more;
    failing.sql = "insert into things values (7); select 1 / 0";
    EXPECT_THROW(migrate(settings, std::vector{things, failing}), domain::WorldError);
    EXPECT_EQ(ask("select count(*) from things"), "0");
    EXPECT_EQ(migrate(settings, std::vector{things, more}).applied, Names{"0002_more.sql"});
}

/// What a build before 0006 calls, for the n-th command.
std::string call_before_users(int n, const std::string& claims) {
    const auto number = std::to_string(n);
    const auto id = "00000000-0000-4000-8000-00000000000" + number;
    return "select kind from append_commands(array['" + id +
           "']::uuid[], '{f}', '{account}',"
           " '{ada}', '{1}', '{deposit}', '{data}', '{ada}', array['" +
           claims +
           "'],"
           " '{c}', '{t}', '{null}', '{0}'); "
           "select kind from append_events('{account}', '{0}', '{1}', array[" +
           std::to_string(n - 1) + "]::bigint[], array[" + number +
           "]::bigint[], '{account}',"
           " '{ada}', array[" +
           std::to_string(n - 1) + "]::bigint[], '{account}', '{ada}', array[" + number +
           "]::bigint[], '{deposited}', '{data}', '{0}', array['" + id +
           "']::uuid[],"
           " array[" +
           number + "]::bigint[], '{0}', '{t}', '{ada}', array['" + claims +
           "'],"
           " '{c}', '{t}')";
}

TEST_F(Migrations, GiveStoredUsersTheirIssuersAndServeAnOlderBuildOnward) {
    const auto all = all_migrations();
    const auto before = std::ranges::find(all, 6, &Migration::number) - all.begin();
    migrate(settings, all.first(static_cast<std::size_t>(before)));
    ask("select claim_partitions('{account}', '{0}')");
    ask(call_before_users(1, R"({"iss":"https://idp","sub":"ada"})"));
    ask(call_before_users(2, R"({"sub":"ada","note":"\"iss\" is not a claim of this"})"));
    ask(call_before_users(3, R"({"iss":"https://idp","nul":"\u0000"})"));
    ask(call_before_users(4, R"({"iss":7})"));
    migrate(settings);
    ask(call_before_users(5, R"({"iss":"https://idp","sub":"ada"})"));
    const std::string issuers = "https://idp,,,,https://idp";
    for (const std::string table : {"commands", "events"}) {
        EXPECT_EQ(ask("select string_agg(issuer, ',' order by position) from " + table), issuers)
            << table;
    }
}

TEST_F(Migrations, FixTheNumberOfPartitionsWithTheFirstProcessThatStarts) {
    migrate(settings);
    Connection connection(settings);
    EXPECT_EQ(first_partitions(connection, 8), 8);
    EXPECT_EQ(first_partitions(connection, 16), 8);
}

TEST_F(Migrations, MayBeRunByManyAtOnce) {
    constexpr int runners = 4;
    std::vector<MigrationReport> reports(runners);
    std::vector<std::thread> threads;
    for (auto& report : reports) {
        threads.emplace_back([&report, this] { report = migrate(settings); });
    }
    for (auto& thread : threads) thread.join();
    std::size_t applied = 0;
    for (const auto& report : reports) {
        applied += report.applied.size();
        EXPECT_EQ(report.version, all_migrations().back().number);
    }
    EXPECT_EQ(applied, all_migrations().size());
}

}  // namespace
}  // namespace infra::postgres

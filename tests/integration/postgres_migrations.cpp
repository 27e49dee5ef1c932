#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/session.hpp"
#include "tests/kit/private_postgres.hpp"

#include <gtest/gtest.h>

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

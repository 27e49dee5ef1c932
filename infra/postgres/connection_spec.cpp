#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_event_log.hpp"

#include <gtest/gtest.h>

namespace infra::postgres {
namespace {

/// Port 1 of the loopback: nobody listens there.
ConnectionSettings away() {
    ConnectionSettings settings;
    settings.url = "postgresql://ada:s3cret@127.0.0.1:1/antiphon";
    return settings;
}

std::string message_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

TEST(Connection, DoesNotConnectBeforeItIsUsed) { EXPECT_NO_THROW(Connection{away()}); }

TEST(Connection, SaysInOneLineThatTheServerIsAwayAndKeepsThePassword) {
    Connection connection(away());
    PostgresEventLog events(connection);
    EXPECT_THROW(events.head(), domain::WorldError);
    const auto message = message_of([&] { events.head(); });
    EXPECT_NE(message.find("127.0.0.1"), std::string::npos) << message;
    EXPECT_EQ(message.find("s3cret"), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

TEST(Connection, RefusesAUrlThatItCannotReadWithoutRepeatingIt) {
    ConnectionSettings settings;
    settings.url = "postgresql://ada:s3cret@[::1/antiphon";
    EXPECT_THROW(Connection{settings}, domain::SetupError);
    EXPECT_EQ(message_of([&] { Connection{settings}; }).find("s3cret"), std::string::npos);
}

TEST(CheckSchema, LeavesAServerThatIsAwayToBeAskedAgain) {
    Connection connection(away());
    EXPECT_THROW(check_schema(connection), domain::WorldError);
}

TEST(Migrations, AreNumberedFromOneWithoutAHole) {
    int number = 0;
    for (const auto& migration : all_migrations()) {
        EXPECT_EQ(migration.number, ++number) << migration.name;
        EXPECT_TRUE(migration.sql.starts_with("-- ")) << migration.name;
    }
    EXPECT_GT(number, 0);
}

}  // namespace
}  // namespace infra::postgres

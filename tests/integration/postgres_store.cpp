#include "domain/kernel/error.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_append_notices.hpp"
#include "infra/postgres/postgres_command_attempts.hpp"
#include "infra/postgres/postgres_command_log.hpp"
#include "infra/postgres/postgres_event_log.hpp"
#include "infra/postgres/postgres_histories.hpp"
#include "infra/postgres/postgres_partition_claims.hpp"
#include "infra/postgres/postgres_relay_leases.hpp"
#include "infra/postgres/session.hpp"
#include "tests/kit/eventually.hpp"
#include "tests/kit/private_postgres.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace infra::postgres {
namespace {

using namespace std::chrono_literals;
using domain::Position;

/// What PostgreSQL's own failures do to the store. A database of its own for each test.
class PostgresStore : public testing::Test {
  protected:
    PostgresStore() {
        const auto name = "store_" + std::to_string(++databases_);
        ConnectionSettings admin;
        admin.url = postgres().url("postgres");
        exec(admin, "create database " + name);
        settings.url = postgres().url(name);
        migrate(settings);
    }

    static const kit::PrivatePostgres& postgres() {
        static const kit::PrivatePostgres postgres("store");
        return postgres;
    }

    static pqxx::result exec(const ConnectionSettings& settings, const std::string& sql) {
        Connection connection(settings);
        pqxx::result rows;
        connection.session().use([&](pqxx::connection& session) {
            rows = pqxx::nontransaction(session).exec(sql);
        });
        return rows;
    }

    pqxx::result ask(const std::string& sql) const { return exec(settings, sql); }

    /// Ends the servers of all other connections to this database.
    void terminate_all() const {
        ask("select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()");
    }

    /// Runs writers until all have ended. Meanwhile ends a connection that is in the middle of a
    /// statement, waits until the log has grown, and so on.
    void run_while_terminating(
        const std::vector<std::function<void()>>& writers,
        const std::string& log
    ) const {
        static const Statement terminate{
            "terminate",
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and state = 'active'"
            " order by random() limit 1"};
        const Statement count{"count", "select count(*) from " + log};
        std::atomic<std::size_t> running = writers.size();
        std::vector<std::thread> threads;
        for (const auto& writer : writers) {
            threads.emplace_back([&writer, &running] {
                writer();
                --running;
            });
        }
        Connection admin(settings);
        const auto length = [&] { return admin.session().run(count).front()[0].as<int>(); };
        while (running > 0) {
            const auto before = length();
            admin.session().run(terminate);
            kit::eventually([&] { return running == 0 || length() > before; });
        }
        for (auto& thread : threads) thread.join();
    }

    /// Of what ended connections did, once only `left` of them are there: a server reports when it
    /// ends.
    void forget_statistics(int left = 0) const {
        ASSERT_TRUE(kit::eventually([this, left] {
            return ask("select count(*) from pg_stat_activity where datname = current_database()"
                       " and pid <> pg_backend_pid() and backend_type = 'client backend'")
                       .front()[0]
                       .as<int>() == left;
        }));
        ask("select pg_stat_reset()");
    }

    /// Of all tables that grow.
    int statistic(const std::string& kind) const {
        return ask("select sum(" + kind +
                   ") from pg_stat_user_tables where relname in"
                   " ('commands', 'events', 'partition_progress', 'relay_checkpoints')")
            .front()[0]
            .as<int>(0);
    }

    /// Calls until it does not throw domain::WorldError; how often it did.
    static int until_it_works(const std::function<void()>& call) {
        for (int failures = 0;; ++failures) {
            try {
                call();
                return failures;
            } catch (const domain::WorldError&) {
            }
        }
    }

    ConnectionSettings settings;

  private:
    static inline int databases_ = 0;
};

template <class Stored>
void expect_dense(const std::vector<Stored>& rows, std::size_t count) {
    ASSERT_EQ(rows.size(), count);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].position.value, static_cast<std::int64_t>(i + 1));
    }
}

TEST_F(PostgresStore, IsThereAgainAfterAnEndedConnection) {
    Connection connection(settings);
    PostgresEventLog events(connection);
    events.head();
    terminate_all();
    EXPECT_THROW(events.head(), domain::WorldError);
    EXPECT_EQ(events.head().position, Position{0});
}

TEST_F(PostgresStore, IsThereAgainWithItsDataAfterARestart) {
    Connection connection(settings);
    PostgresCommandLog commands(connection);
    commands.append(std::vector{kit::sample_command(1)});
    postgres().stop();
    EXPECT_THROW(commands.read({0}, 1), domain::WorldError);
    EXPECT_THROW(commands.read({0}, 1), domain::WorldError);
    postgres().start();
    expect_dense(commands.read({0}, 10), 1);
}

TEST_F(PostgresStore, KeepsCommandsDenseAndOnceWhileWritersAreCutOff) {
    constexpr int writers = 4, batches = 40, size = 8;
    std::atomic<int> failures = 0;
    std::vector<std::function<void()>> work;
    for (int w = 0; w < writers; ++w) {
        work.emplace_back([w, &failures, this] {
            Connection connection(settings);
            PostgresCommandLog commands(connection);
            for (int b = 0; b < batches; ++b) {
                std::vector<domain::NewCommand> batch;
                for (int i = 0; i < size; ++i) {
                    batch.push_back(kit::sample_command((w * batches + b) * size + i));
                }
                failures += until_it_works([&] { commands.append(batch); });
            }
        });
    }
    run_while_terminating(work, "commands");
    EXPECT_GT(failures, 0) << "nobody was cut off: this proves nothing";
    Connection connection(settings);
    expect_dense(PostgresCommandLog(connection).read({0}, 10'000), writers * batches * size);
}

TEST_F(PostgresStore, KeepsEventsDenseAndOnceWhileWritersAreCutOff) {
    constexpr int writers = 4, commands = 60;
    std::vector<domain::NewCommand> sent;
    for (int n = 1; n <= writers * commands; ++n)
        sent.push_back(kit::sample_command(n, "entity-" + std::to_string((n - 1) % writers)));
    {
        Connection connection(settings);
        PostgresCommandLog(connection).append(sent);
    }
    std::atomic<int> failures = 0;
    std::vector<std::function<void()>> work;
    for (int w = 0; w < writers; ++w) {
        work.emplace_back([w, &failures, this] {
            Connection connection(settings);
            PostgresEventLog events(connection);
            PostgresPartitionClaims claims(connection);
            const std::vector partition{domain::CommandPartition{"account", w}};
            const auto entity = "entity-" + std::to_string(w);
            domain::Claim mine;
            // Whether a batch that threw was stored is unknown: claim anew, and know.
            const auto write_on = [&] {
                mine = claims.claim(partition, {}).at(0);
                while (mine.done.value < commands) {
                    const Position next{mine.done.value + 1};
                    domain::EventBatch batch;
                    batch.moves = {{mine.partition, mine.epoch, mine.done, next}};
                    batch.events = {
                        kit::sample_event(w + 1, entity, 2 * next.value - 1, 0),
                        kit::sample_event(w + 1, entity, 2 * next.value, 1)};
                    EXPECT_TRUE(std::holds_alternative<domain::Appended>(events.append(batch)));
                    mine.done = next;
                }
            };
            failures += until_it_works(write_on);
        });
    }
    run_while_terminating(work, "events");
    EXPECT_GT(failures, 0) << "nobody was cut off: this proves nothing";
    Connection connection(settings);
    expect_dense(PostgresEventLog(connection).read({0}, 10'000), writers * commands * 2);
}

TEST_F(PostgresStore, BurnsNoPositionOnARollBack) {
    Connection connection(settings);
    PostgresCommandLog commands(connection);
    commands.append(std::vector{kit::sample_command(1)});
    ask("begin; select append_commands("
        " array['00000000-0000-4000-8000-00000000ffff']::uuid[], '{f}', '{account}', '{ada}', "
        "'{1}',"
        " '{deposit}', '{data}', '{idp}', '{ada}', '{c}', '{c}', '{t}', '{null}', '{0}'); "
        "rollback");
    commands.append(std::vector{kit::sample_command(2)});
    expect_dense(commands.read({0}, 10), 2);
}

TEST_F(PostgresStore, GoesOnAboveTheFloorOfWhatWasArchived) {
    ask("update logs set floor = 1000");
    Connection connection(settings);
    PostgresCommandLog commands(connection);
    const auto accepted = commands.append(std::vector{kit::sample_command(1)}).at(0);
    EXPECT_EQ(accepted.position, Position{1001});
    EXPECT_EQ(accepted.cursor.position, Position{1000});
    EXPECT_EQ(PostgresEventLog(connection).head().position, Position{1000});
}

/// Statements are prepared while the tables are empty, and must not go on reading whole tables
/// when they have grown.
TEST_F(PostgresStore, FindsEverythingByItsIndexes) {
    forget_statistics();  // making an index scans its table
    {
        Connection connection(settings);
        PostgresCommandLog commands(connection);
        PostgresEventLog events(connection);
        PostgresPartitionClaims claims(connection);
        PostgresRelayLeases leases(connection);
        const auto mine =
            claims.claim(std::vector{domain::CommandPartition{"account", 0}}, {}).at(0);
        const auto epoch = leases.acquire(domain::Log::events, "ada", 1min).value();
        for (int n = 1; n <= 20; ++n) {
            const auto before = static_cast<std::int64_t>(n - 1);
            commands.append(std::vector{kit::sample_command(n, "ada")});
            events.append(
                {{{mine.partition, mine.epoch, {before}, {n}}}, {kit::sample_event(n, "ada", n)}}
            );
            commands.find(kit::sample_id(n));
            commands.read({before}, 10);
            commands.read_range({"account", 0, 1, {before}, {n}}, 10);
            events.head();
            events.read({before}, 10);
            events.read_streams(
                std::vector{domain::StreamCursor{{"account", "ada"}, {before}}}, 10
            );
            events.read_user("idp user-1", {before}, {n}, 10);
            events.read_command({n});
            claims.prune();
            claims.all();
            leases.renew(domain::Log::events, epoch, 1min);
            leases.save(domain::Log::events, epoch, {{n}, "cluster", {}});
            leases.load(domain::Log::events);
        }
    }
    EXPECT_TRUE(kit::eventually([&] { return statistic("idx_scan") > 200; }));
    EXPECT_EQ(statistic("seq_scan"), 0);
}

TEST_F(PostgresStore, PrunesAllProgressButTheNewestOfEachPartition) {
    constexpr int rows = 50;
    {
        Connection connection(settings);
        PostgresPartitionClaims claims(connection);
        PostgresCommandLog commands(connection);
        PostgresEventLog events(connection);
        const auto mine =
            claims.claim(std::vector<domain::CommandPartition>{{"account", 0}, {"account", 1}}, {});
        for (int n = 1; n <= rows; ++n) {
            commands.append(std::vector{kit::sample_command(n, "ada")});
            domain::EventBatch batch{{}, {kit::sample_event(n, "ada", n)}};
            for (const auto& claim : mine)
                batch.moves.push_back({claim.partition, claim.epoch, {n - 1}, {n}});
            events.append(batch);
        }
    }
    forget_statistics();
    {
        Connection connection(settings);
        PostgresPartitionClaims claims(connection);
        claims.prune();
        for (const auto& claim : claims.all()) EXPECT_EQ(claim.done, Position{rows});
    }
    EXPECT_EQ(ask("select 1 from partition_progress").size(), 2u);
    EXPECT_TRUE(kit::eventually([&] { return statistic("idx_scan") > 0; }));
    EXPECT_LE(statistic("idx_scan"), 10) << "the newest is looked for once a partition";
}

TEST_F(PostgresStore, LooksForAttemptsWithoutWalkingThroughTheLogs) {
    constexpr int rows = 3'000;
    std::vector<domain::NewCommand> accepted;
    for (int n = 1; n <= rows + 1; ++n) accepted.push_back(kit::sample_command(n, "ada"));
    {
        Connection connection(settings);
        PostgresCommandAttempts attempts(connection);
        // The planner makes up its mind while the logs are small, and stays with it.
        for (int look = 0; look < 10; ++look) {
            attempts.open();
            attempts.prune();
        }
        {
            Connection writer(settings);
            PostgresCommandLog(writer).append(accepted);
            PostgresPartitionClaims claims(writer);
            const auto mine =
                claims.claim(std::vector{domain::CommandPartition{"account", 0}}, {}).at(0);
            domain::EventBatch answers{{{mine.partition, mine.epoch, {0}, {rows}}}, {}};
            for (int n = 1; n <= rows; ++n) {
                answers.events.push_back(kit::sample_event(n, "ada", n));
            }
            PostgresEventLog(writer).append(answers);
        }
        forget_statistics(1);
        attempts.add({{1}, accepted.front().command}, {"crashed", "answered since"});
        attempts.add({{rows + 1}, accepted.back().command}, {"crashed", "not answered"});
        for (int look = 0; look < 10; ++look) EXPECT_EQ(attempts.open().size(), 1u);
        attempts.prune();
    }
    EXPECT_TRUE(kit::eventually([&] { return statistic("idx_scan") >= 20; }));
    EXPECT_LE(statistic("idx_tup_fetch") + statistic("seq_tup_read"), 60);
}

TEST_F(PostgresStore, GivesHistoriesStreamByStream) {
    ask("insert into events (position, category, entity, version, type, data, time, command_id,"
        " command_position, ordinal, last, subject, claims, correlation_id, trace_parent)"
        " select n, case when n < 6 then 'b' when n < 9 then 'a' else '$command' end, n % 2, n / 2,"
        " 'happened', n, now(), gen_random_uuid(), n, 0, true, 'ada', '{}', '', ''"
        " from generate_series(2, 9) n");
    Connection connection(settings);
    PostgresHistories histories(connection);
    EXPECT_EQ(histories.categories(), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(histories.count("b"), 4u);
    EXPECT_EQ(histories.count("c"), 0u);
    const auto read = [&](const std::string& entity, std::int64_t version, std::size_t limit) {
        std::string all;
        for (const auto& event : histories.read({"b", entity}, {version}, limit))
            all += event.stream.entity + ':' + std::to_string(event.version.value) + '=' +
                   event.data + ' ';
        return all;
    };
    EXPECT_EQ(read("", 0, 9), "0:1=2 0:2=4 1:1=3 1:2=5 ");
    EXPECT_EQ(read("", 0, 1), "0:1=2 ");
    EXPECT_EQ(read("0", 1, 2), "0:2=4 1:1=3 ");
    EXPECT_EQ(read("1", 2, 2), "");
}

TEST_F(PostgresStore, WakesListenersAgainAfterARestart) {
    PostgresAppendNotifier notifier(settings);
    PostgresAppendListener listener(settings, domain::Log::events);
    const auto woken = [&] {
        notifier.appended(domain::Log::events);
        const auto start = std::chrono::steady_clock::now();
        listener.wait(10s);
        return std::chrono::steady_clock::now() - start < 5s;
    };
    listener.wait(0ms);  // from here on it listens
    EXPECT_TRUE(woken());
    postgres().stop();
    listener.wait(10ms);  // finds out
    const auto start = std::chrono::steady_clock::now();
    listener.wait(100ms);
    EXPECT_GE(std::chrono::steady_clock::now() - start, 100ms) << "it must not spin";
    postgres().start();
    EXPECT_TRUE(kit::eventually(woken));
}

}  // namespace
}  // namespace infra::postgres

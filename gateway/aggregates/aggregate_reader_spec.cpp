#include "domain/kernel/error.hpp"
#include "gateway/aggregates/aggregate_reader.hpp"
#include "gateway/commands/example_aggregate.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_snapshot_store.hpp"
#include "infra/process/local_folder.hpp"
#include "tests/kit/caused_event_log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <map>

namespace gateway::aggregates {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// Counts the pages that it folds, and forgets all states before as many of them as it is told.
class ForgetfulFolder final : public domain::Folder {
  public:
    struct Orders {
        std::atomic<int> forget = 0;
        std::atomic<int> pages = 0;
        std::atomic<bool> forget_at_the_question = false;
        std::atomic<bool> die_at_snapshots = false;
    };

    ForgetfulFolder(std::span<const domain::AggregatePtr> aggregates, Orders& orders)
        : inner_(aggregates, 10, {.events = 30, .fold = 0ms}), orders_(orders) {}

    domain::FoldAnswer fold(
        const domain::StreamId& stream,
        domain::StreamVersion after,
        std::span<const domain::EventEnvelope> events,
        bool last
    ) override {
        ++orders_.pages;
        if (after.value > 0 && orders_.forget > 0) {
            --orders_.forget;
            return domain::Lacking{};
        }
        return inner_.fold(stream, after, events, last);
    }

    bool restore(const domain::Snapshot& snapshot) override {
        if (orders_.die_at_snapshots) {
            orders_.forget = 1;
            return false;
        }
        return inner_.restore(snapshot);
    }
    std::vector<domain::TakenSnapshot> snapshots() override { return inner_.snapshots(); }

    domain::ReadAnswer may_read(const domain::StreamId& stream, const domain::Asked& asked)
        override {
        if (orders_.forget_at_the_question.exchange(false)) return domain::Lacking{};
        return inner_.may_read(stream, asked);
    }

  private:
    infra::process::LocalFolder inner_;
    Orders& orders_;
};

/// Counts how often it is read, and keeps who reads waiting while its gate is shut.
class GatedLog final : public infra::memory::MemoryEventLog {
  public:
    struct Gate {
        std::atomic<int> readings = 0;
        std::atomic<bool> shut = false;
    };
    GatedLog(infra::memory::MemoryStore& store, Gate& gate) : MemoryEventLog(store), gate_(gate) {}

    std::vector<domain::EventEnvelope>
    read_streams(std::span<const domain::StreamCursor> streams, std::size_t limit) override {
        auto events = MemoryEventLog::read_streams(streams, limit);
        ++gate_.readings;
        gate_.shut.wait(true);
        return events;
    }

  private:
    Gate& gate_;
};

class AggregateReaderSpec : public ::testing::Test {
  protected:
    void append(const std::string& entity, int count, const std::string& by = "1") {
        domain::EventBatch batch;
        for (int i = 0; i < count; ++i) {
            domain::EventEnvelope event;
            event.stream = {"counter", entity};
            event.version = {++versions_[entity]};
            event.type = "added";
            event.data = R"({"by":)" + by + '}';
            event.command_id = entity + std::to_string(event.version.value);
            event.last = true;
            batch.events.push_back(std::move(event));
        }
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(caused_.append(batch)));
    }

    /// Its JSON, or "unreadable" or "away", is added to results_ while io_ runs.
    void
    start(const std::string& entity, const std::string& user = "ada", sse::Ended ended = nullptr) {
        const domain::StreamId stream{"counter", entity};
        start(ended ? reader_.read_again(stream, {user}, ended) : reader_.read(stream, {user}));
    }

    void start(asio::awaitable<FoldPtr> reading) {
        asio::co_spawn(io_, std::move(reading), [this](std::exception_ptr error, FoldPtr fold) {
            try {
                if (error) std::rethrow_exception(error);
                results_.push_back(fold ? fold->json : "unreadable");
            } catch (const domain::WorldError&) {
                results_.push_back("away");
            }
        });
    }

    std::string read(const std::string& entity, const std::string& user = "ada") {
        start(entity, user);
        return finish();
    }

    /// At a version; and how many pages that took is in folder_.
    std::string read_past(std::int64_t version, const std::string& user = "ada") {
        folder_.pages = 0;
        start(reader_.read_past({"counter", "long"}, {user}, {version}));
        return finish();
    }

    std::string finish() {
        io_.restart();
        io_.run();
        return results_.back();
    }

    infra::memory::ManualClock clock_;
    infra::memory::MemoryStore store_;
    infra::memory::MemoryEventLog log_{store_};
    infra::memory::MemoryCommandLog commands_{store_};
    kit::CausedEventLog caused_{log_, commands_};
    std::map<std::string, std::int64_t> versions_;
    std::vector<domain::AggregatePtr> aggregates_ = commands::testing::counters();
    ForgetfulFolder::Orders folder_;
    GatedLog::Gate gate_;
    const domain::StateForms forms_ = domain::state_forms(aggregates_);
    RateLimiter rate_{clock_, {.per_s = 200, .burst = 1'000}};
    asio::io_context io_{1};
    AggregateReader reader_{
        [this] {
            return Stores{
                std::make_unique<infra::memory::MemoryCommandLog>(store_),
                std::make_unique<GatedLog>(store_, gate_),
                std::make_unique<ForgetfulFolder>(aggregates_, folder_),
                std::make_unique<infra::memory::MemorySnapshotStore>(store_, forms_)};
        },
        rate_,
        clock_,
        {},
        {.page_max = 2, .folds_max = 10}};
    std::vector<std::string> results_;
};

TEST_F(AggregateReaderSpec, FoldsOnceForAllWhoReadTheSame) {
    append("long", 21);
    for (int i = 0; i < 3; ++i) start("long", "user-" + std::to_string(i));
    io_.run();
    EXPECT_EQ(results_, std::vector<std::string>(3, "21"));
    EXPECT_EQ(folder_.pages, 11);
    EXPECT_EQ(read("long"), "21");
    EXPECT_EQ(folder_.pages, 11);
}

TEST_F(AggregateReaderSpec, ReadsNothingForAStreamThatHasEnded) {
    append("one", 3);
    start("one", "ada", std::make_shared<std::atomic<bool>>(true));
    io_.run();
    EXPECT_EQ(folder_.pages, 0);
    EXPECT_NE(read("one"), "unreadable");
}

TEST_F(AggregateReaderSpec, ReadsOnceForAllStreamsThatHaveAskedBeforeItBegan) {
    append("one", 1);
    EXPECT_EQ(read("one"), "1");
    const auto lives = std::make_shared<std::atomic<bool>>(false);
    gate_.readings = 0;
    gate_.shut = true;
    start("one", "ada", lives);
    io_.restart();
    while (gate_.readings == 0) io_.poll();
    append("one", 1);  // which that reading has missed
    for (int i = 0; i < 20; ++i) start("one", "user-" + std::to_string(i), lives);
    io_.poll();
    gate_.shut = false;
    gate_.shut.notify_all();
    io_.run();
    std::vector<std::string> expected(22, "2");
    expected[0] = expected[1] = "1";
    EXPECT_EQ(results_, expected);
    EXPECT_EQ(gate_.readings, 2);

    gate_.readings = 0;
    io_.restart();
    for (int i = 0; i < 3; ++i) start("one");
    io_.run();
    EXPECT_EQ(gate_.readings, 3) << "whoever is not let in yet reads by himself";
}

TEST_F(AggregateReaderSpec, GoesOnInThePastWhereThatUserWasLast) {
    append("long", 9);
    EXPECT_EQ(read_past(5), "5");
    EXPECT_EQ(folder_.pages, 3);
    EXPECT_EQ(read_past(2, "bob"), "2") << "who is somewhere else";
    EXPECT_EQ(read_past(6), "6");
    EXPECT_EQ(folder_.pages, 1);
    EXPECT_EQ(read_past(6), "6");
    EXPECT_EQ(folder_.pages, 0);
    EXPECT_EQ(read_past(3), "3");
    EXPECT_EQ(folder_.pages, 2) << "nothing is folded back";
}

TEST_F(AggregateReaderSpec, TakesNoPastForThePresent) {
    append("long", 9);
    EXPECT_EQ(read("long"), "9");
    EXPECT_EQ(read_past(4), "4");
    folder_.pages = 0;
    EXPECT_EQ(read("long"), "9");
    EXPECT_EQ(folder_.pages, 0) << "it is kept as it was";
}

TEST_F(AggregateReaderSpec, FoldsThePastAnewWhereItsStatesAreLost) {
    append("long", 9);
    folder_.forget = 5;
    EXPECT_EQ(read_past(8), "8");
    folder_.forget_at_the_question = true;
    EXPECT_EQ(read_past(8), "8");
}

TEST_F(AggregateReaderSpec, BeginsAnewWhereStatesAreLost) {
    append("long", 9);
    folder_.forget = 5;
    EXPECT_EQ(read("long"), "9");
    append("long", 1);
    folder_.forget = 1;
    EXPECT_EQ(read("long"), "10");
}

TEST_F(AggregateReaderSpec, BeginsAnewWhereAStateIsLostBeforeItIsAskedWhoMayReadIt) {
    append("long", 9);
    EXPECT_EQ(read("long"), "9");
    folder_.forget_at_the_question = true;
    EXPECT_EQ(read("long"), "9");
}

TEST_F(AggregateReaderSpec, ShowsNothingToWhoMayNotReadIt) {
    append("long", 9);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(read("long", "eve"), "");
        EXPECT_EQ(read("long"), "9");
    }
    EXPECT_EQ(folder_.pages, 5) << "it was read once";
}

TEST_F(AggregateReaderSpec, DoesNotBeginAnewForEver) {
    append("long", 9);
    folder_.forget = 1'000;
    EXPECT_EQ(read("long"), "away");
    folder_.forget = 0;
    EXPECT_EQ(read("long"), "9");
}

TEST_F(AggregateReaderSpec, TriesAnUnreadableHistoryNowAndThen) {
    append("spoiled", 1, "null");
    append("sound", 1);
    EXPECT_EQ(read("spoiled"), "unreadable");
    for (const char* user : {"ada", "bob"}) EXPECT_EQ(read("spoiled", user), "unreadable");
    EXPECT_EQ(folder_.pages, 1);
    EXPECT_EQ(read("sound"), "1");
    clock_.advance(10s);
    EXPECT_EQ(read("spoiled"), "unreadable");
    EXPECT_EQ(folder_.pages, 3);
}

TEST_F(AggregateReaderSpec, ChargesAnUnreadableHistoryToWhoeverTriedIt) {
    for (const char* entity : {"first", "second"}) append(entity, 1, "null");
    read("first");
    EXPECT_FALSE(reader_.admit("ada")) << "one is bearable";
    read("second");
    const auto refusal = reader_.admit("ada");
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->why, ReadRefusal::Why::too_fast);
    for (const char* entity : {"first", "second", "first"}) read(entity, "bob");
    EXPECT_FALSE(reader_.admit("bob")) << "what is known already costs nobody";
}

TEST_F(AggregateReaderSpec, WhatIsNotThereTakesNobodysRoom) {
    append("there", 1);
    EXPECT_EQ(read("there"), "1");
    for (int i = 0; i < 20; ++i) EXPECT_EQ(read("none-" + std::to_string(i)), "");
    append("there", 1);
    folder_.pages = 0;
    EXPECT_EQ(read("there"), "2");
    EXPECT_EQ(folder_.pages, 1);
}

TEST_F(AggregateReaderSpec, GoesOnBehindTheSnapshotThatALongReadLeaves) {
    append("long", 31);
    EXPECT_EQ(read("long"), "31");
    infra::memory::MemorySnapshotStore snapshots(store_, forms_);
    const domain::StreamId stream{"counter", "long"};
    const auto kept = snapshots.find({&stream, 1}, 1'000);
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].version.value, 31);
    EXPECT_EQ(kept[0].state, "31");

    append("long", 3);
    for (int i = 0; i < 20; ++i) append("other-" + std::to_string(i), 1);
    for (int i = 0; i < 20; ++i) read("other-" + std::to_string(i));  // it is kept no more
    folder_.pages = 0;
    EXPECT_EQ(read("long"), "34");
    EXPECT_EQ(folder_.pages, 3) << "the first page, and two behind the snapshot";
}

TEST_F(AggregateReaderSpec, ReadsTheWholeHistoryWhereItsSnapshotIsOfNoUse) {
    append("long", 9);
    infra::memory::MemorySnapshotStore snapshots(store_, forms_);
    const auto save = [&](const std::string& state) {
        const auto last = log_.read({8}, 1).at(0);
        snapshots.save(domain::snapshot_of({last.stream, last.version, state}, last, 1));
    };
    save("no number");
    EXPECT_EQ(read("long"), "9");
    for (int i = 0; i < 20; ++i) append("other-" + std::to_string(i), 1);
    for (int i = 0; i < 20; ++i) read("other-" + std::to_string(i));
    folder_.die_at_snapshots = true;
    EXPECT_EQ(read("long"), "9");
}

}  // namespace
}  // namespace gateway::aggregates

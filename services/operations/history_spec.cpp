#include "domain/kernel/error.hpp"
#include "domain/kernel/timestamp.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_snapshot_store.hpp"
#include "infra/process/local_folder.hpp"
#include "services/operations/history.hpp"
#include "tests/kit/caused_event_log.hpp"
#include "tests/kit/toy_aggregate.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace services::operations {
namespace {

using namespace std::chrono_literals;

const domain::StreamId stream{"toy", "x/y"};

/// Forgets its states before a page, so often.
class ForgetfulFolder final : public domain::Folder {
  public:
    explicit ForgetfulFolder(std::span<const domain::AggregatePtr> aggregates)
        : inner_(aggregates, 1) {}

    domain::FoldAnswer fold(
        const domain::StreamId& of,
        domain::StreamVersion after,
        std::span<const domain::EventEnvelope> events,
        bool last
    ) override {
        folded += events.size();
        if (after.value > 5 && forget > 0) {
            --forget;
            return domain::Lacking{};
        }
        return inner_.fold(of, after, events, last);
    }
    bool restore(const domain::Snapshot& snapshot) override { return inner_.restore(snapshot); }
    std::vector<domain::TakenSnapshot> snapshots() override { return inner_.snapshots(); }
    domain::ReadAnswer may_read(const domain::StreamId& of, const domain::Asked& asked) override {
        return inner_.may_read(of, asked);
    }

    int forget = 0;
    std::size_t folded = 0;

  private:
    infra::process::LocalFolder inner_;
};

std::vector<domain::AggregatePtr> toys() {
    std::vector<domain::AggregatePtr> all;
    all.push_back(std::make_unique<kit::ToyAggregate>());
    return all;
}

struct HistorySpec : testing::Test {
    /// Of the versions that come next, a second apart.
    void append(int count, const std::string& type = "added") {
        domain::EventBatch batch;
        for (int i = 0; i < count; ++i) {
            domain::EventEnvelope event;
            event.stream = stream;
            event.version = {++version};
            event.type = type;
            event.data = "{}";
            event.command_id = kit::sample_id(version);
            event.last = true;
            event.time = domain::Timestamp(version * 1s);
            batch.events.push_back(std::move(event));
        }
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(caused.append(batch)));
    }

    /// "before>after" of each moment that is told.
    std::string told(const Span& span = {}, std::size_t most = 3) {
        std::string text;
        const auto tell = [&](const Moment& moment) {
            EXPECT_EQ(moment.state, std::to_string(moment.event.version.value));
            EXPECT_EQ(moment.command, "any");
            text += (text.empty() ? "" : " ") + moment.before + '>' + moment.state;
        };
        History history({log, commands, snapshots, folder}, stream, span, tell);
        while (history.step(most)) continue;
        EXPECT_EQ(history.advance().done, history.advance().total);
        return text;
    }

    std::string between(const std::string& text) { return told(Span::parse(text).value()); }

    int version = 0;
    std::vector<domain::AggregatePtr> aggregates = toys();
    infra::memory::MemoryStore store;
    infra::memory::MemoryEventLog log{store};
    infra::memory::MemoryCommandLog commands{store};
    kit::CausedEventLog caused{log, commands};
    infra::memory::MemorySnapshotStore snapshots{store, {{"toy", "1-toy"}}};
    ForgetfulFolder folder{aggregates};
};

TEST_F(HistorySpec, TellsEachEventAndTheStatesAroundIt) {
    append(4);
    EXPECT_EQ(told(), ">1 1>2 2>3 3>4");
}

TEST_F(HistorySpec, TellsWhatLiesBetweenVersionsOrTimes) {
    append(9);
    EXPECT_EQ(between("3..5"), "2>3 3>4 4>5");
    EXPECT_EQ(between("8.."), "7>8 8>9");
    EXPECT_EQ(between("..2"), ">1 1>2");
    EXPECT_EQ(between("8..99"), "7>8 8>9");
    EXPECT_EQ(between("1970-01-01T00:00:03Z..1970-01-01T00:00:05Z"), "2>3 3>4 4>5");
    EXPECT_EQ(between("1970-01-01T00:00:02.1Z..4"), "2>3 3>4");
    EXPECT_EQ(told(Span::at(domain::StreamVersion{7})), "6>7");
    EXPECT_EQ(told(Span::at(domain::Timestamp(7900ms))), "6>7");
    EXPECT_EQ(told(Span::at(domain::Timestamp(99s))), "8>9");
}

TEST_F(HistorySpec, SaysWhatIsNotThere) {
    EXPECT_THROW(told(), domain::SetupError);
    append(3);
    EXPECT_THROW(between("4.."), domain::SetupError);
    EXPECT_THROW(between("3..2"), domain::SetupError);
    EXPECT_THROW(told(Span::at(domain::StreamVersion{4})), domain::SetupError);
    EXPECT_THROW(told(Span::at(domain::Timestamp(0s))), domain::SetupError);
    append(1, "broken");
    EXPECT_THROW(told(), domain::SetupError);
    EXPECT_EQ(between("..3"), ">1 1>2 2>3");
}

TEST_F(HistorySpec, TellsNothingTwiceWhereTheStateIsLost) {
    append(9);
    folder.forget = 3;
    EXPECT_EQ(told(), ">1 1>2 2>3 3>4 4>5 5>6 6>7 7>8 8>9");
    folder.forget = 99;
    EXPECT_THROW(told(), domain::SetupError) << "and it ends";
}

TEST_F(HistorySpec, BeginsBehindASnapshotThatIsNotBeyond) {
    append(300);
    const auto keep = [&](std::int64_t at) {
        const auto last = log.read({at - 1}, 1).at(0);
        snapshots.save(domain::snapshot_of({stream, {at}, std::to_string(at)}, last, 1));
    };
    keep(150);
    folder.folded = 0;
    EXPECT_EQ(between("200..200"), "199>200");
    EXPECT_EQ(folder.folded, 50u);
    EXPECT_EQ(between("100..100"), "99>100");
}

TEST(BoundSpec, IsAVersionOrATime) {
    EXPECT_EQ(parse_bound("7"), Bound(domain::StreamVersion{7}));
    EXPECT_EQ(parse_bound("1970-01-01T01:00:07+01:00"), Bound(domain::Timestamp(7s)));
    for (const char* none : {"", "0", "-1", "x", "7x", "1970-01-01", "1970-01-01T00:00:00"})
        EXPECT_FALSE(parse_bound(none)) << none;
    for (const char* none : {"", "..", "7", "x..", "..x", "1...3", "7..x"})
        EXPECT_FALSE(Span::parse(none)) << none;
}

}  // namespace
}  // namespace services::operations

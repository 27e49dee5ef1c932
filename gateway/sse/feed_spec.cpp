#include "domain/kernel/error.hpp"
#include "domain/kernel/topics.hpp"
#include "gateway/sse/feed.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_record_consumer.hpp"
#include "infra/memory/memory_record_publisher.hpp"
#include "infra/memory/memory_relay_leases.hpp"

#include <gtest/gtest.h>

#include <array>

namespace gateway::sse {
namespace {

const std::string topic = "antiphon.replies";

struct FeedSpec : testing::Test {
    FeedSpec() {
        const std::array<domain::TopicSpec, 1> topics{{{topic, settings.partitions}}};
        publisher.ensure_topics(topics);
        append("ada", 3);
    }

    domain::EventEnvelope event(const std::string& subject) {
        domain::EventEnvelope event;
        event.stream = {"account", "a" + std::to_string(++events)};
        event.version = {1};
        event.type = "opened";
        event.data = "{}";
        event.command_id = "c" + std::to_string(events);
        event.command_position = {events};
        event.issuer.subject = subject;
        event.correlation_id = event.command_id;
        return event;
    }

    void append(const std::string& subject, int count) {
        domain::EventBatch appended;
        for (int i = 0; i < count; ++i) appended.events.push_back(event(subject));
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(log.append(appended)));
    }

    /// What the relay makes of the event at this position.
    domain::Record record(std::int64_t position, std::int64_t predecessor) {
        const auto event = log.read({position - 1}, 1).front();
        domain::Record record = domain::event_record(event);
        record.key = event.issuer.subject;
        record.target = {topic, domain::partition_of(record.key, settings.partitions)};
        domain::add_link(record, {log.head().incarnation, {position}, {predecessor}});
        return record;
    }

    void send(const domain::Record& record) {
        publisher.send({&record, 1});
        ASSERT_TRUE(publisher.flush(std::chrono::milliseconds{0}));
    }

    void checkpoint(std::int64_t position) {
        const auto epoch = leases.acquire(domain::Log::events, "relay", std::chrono::seconds{60});
        ASSERT_TRUE(epoch);
        domain::RelayCheckpoint checkpoint;
        checkpoint.position = {position};
        checkpoint.marks = {
            {{topic, domain::partition_of("ada", settings.partitions)}, {position}, 0},
            {{"antiphon.events.account", 5}, {position}, 0},
        };
        ASSERT_TRUE(leases.save(domain::Log::events, *epoch, checkpoint));
    }

    FeedBatch step() {
        feed.step();
        return std::move(batch);
    }

    std::int64_t events = 0;
    infra::memory::ManualClock clock;
    infra::memory::MemoryStore store;
    infra::memory::MemoryBroker broker;
    infra::memory::MemoryEventLog log{store};
    infra::memory::MemoryRelayLeases leases{store, clock};
    infra::memory::MemoryRecordPublisher publisher{broker};
    infra::memory::MemoryRecordConsumer consumer{broker, {topic}};
    const FeedSettings settings{.topic = topic, .partitions = 2};
    FeedBatch batch;
    ReplyFeed feed{consumer, log, leases, clock, settings, [this](FeedBatch delivered) {
                       batch = std::move(delivered);
                   }};
};

TEST_F(FeedSpec, StartsAtTheHeadAndThenBringsEachEventAsTheStoreHasIt) {
    EXPECT_EQ(step().start, domain::Position{3});
    append("ada", 1);
    send(record(4, 3));
    const FeedBatch brought = step();
    EXPECT_FALSE(brought.start);
    ASSERT_EQ(brought.records.size(), 1U);
    EXPECT_EQ(brought.records[0].subject, "ada");
    EXPECT_EQ(brought.records[0].link, (domain::ChainLink{1, {4}, {3}}));
    EXPECT_EQ(*brought.records[0].bytes, *event_frame(log.read({3}, 1).front(), 1).bytes);
}

TEST_F(FeedSpec, ReadsTheHeadLaterWhenTheStoreIsAway) {
    EXPECT_TRUE(step().start);
    infra::memory::MemoryRecordConsumer another{broker, {topic}};
    bool delivered = false;
    ReplyFeed late{another, log, leases, clock, settings, [&](FeedBatch) { delivered = true; }};
    store.fail_next(1);
    EXPECT_THROW(late.step(), domain::WorldError);
    store.fail_next(1);
    EXPECT_THROW(late.step(), domain::WorldError);
    EXPECT_FALSE(delivered);
    late.step();
    EXPECT_TRUE(delivered);
}

TEST_F(FeedSpec, GoesOnLiveWhileTheCheckpointCannotBeRead) {
    step();
    append("ada", 1);
    send(record(4, 3));
    clock.advance(settings.check_interval);
    store.fail_next(1);
    EXPECT_THROW(feed.step(), domain::WorldError);
    EXPECT_EQ(step().records.size(), 1U);
}

TEST_F(FeedSpec, TellsTheRelaysMarksNowAndThen) {
    checkpoint(3);
    const FeedBatch first = step();
    ASSERT_EQ(first.marks.size(), 1U);
    EXPECT_EQ(first.marks[0].partition, domain::partition_of("ada", 2));
    EXPECT_EQ(first.marks[0].position.value, 3);
    EXPECT_TRUE(step().marks.empty());
    clock.advance(settings.check_interval);
    EXPECT_EQ(step().marks.size(), 1U);
}

TEST_F(FeedSpec, StartsAnewWhenTheLogHasAnotherIncarnation) {
    step();
    send(record(3, 2));
    EXPECT_EQ(step().foreign, 0U);
    store.raise_incarnation();
    send(record(3, 2));
    const FeedBatch early = step();
    EXPECT_EQ(early.foreign, 1U);
    EXPECT_TRUE(early.records.empty());
    clock.advance(settings.check_interval);
    EXPECT_TRUE(step().start);
    send(record(3, 2));
    EXPECT_EQ(step().records.size(), 1U);
}

TEST_F(FeedSpec, TakesNotificationsOfOtherServicesAndDropsWhatIsNone) {
    step();
    domain::Record notification;
    notification.target = {topic, 1};
    notification.key = "ada";
    notification.value = "{}";
    send(notification);
    notification.headers = {{"ce_id", "1"}, {"ce_type", "mail.arrived"}, {"ce_source", "/mail"}};
    send(notification);
    const FeedBatch brought = step();
    EXPECT_EQ(brought.malformed, 1U);
    ASSERT_EQ(brought.records.size(), 1U);
    EXPECT_FALSE(brought.records[0].link);
}

TEST_F(FeedSpec, RefusesATopicWithAnotherNumberOfPartitions) {
    step();
    domain::Record astray = record(3, 2);
    astray.target.partition = 1 - astray.target.partition;
    send(astray);
    EXPECT_THROW(feed.step(), domain::SetupError);
}

}  // namespace
}  // namespace gateway::sse

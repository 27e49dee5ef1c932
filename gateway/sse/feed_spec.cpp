#include "domain/kernel/error.hpp"
#include "domain/kernel/topics.hpp"
#include "gateway/sse/feed.hpp"
#include "infra/crypto/hmac_record_signer.hpp"
#include "infra/crypto/hmac_record_verifier.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_generations.hpp"
#include "infra/memory/memory_record_consumer.hpp"
#include "infra/memory/memory_record_keys.hpp"
#include "infra/memory/memory_record_publisher.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "tests/kit/caused_event_log.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace gateway::sse {
namespace {

const std::string topic = "antiphon.replies";

struct FeedSpec : testing::Test {
    FeedSpec() {
        const std::array<domain::TopicSpec, 1> topics{{{topic, settings.partitions}}};
        publisher.ensure_topics(topics);
        signer.renew();
        append("ada", 3);
        feed.step();  // and now it knows what to read
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
        kit::CausedEventLog caused(log, commands);
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(caused.append(appended)));
    }

    /// What the relay makes of the event at this position.
    domain::Record record(std::int64_t position, std::int64_t predecessor) {
        const auto event = log.read({position - 1}, 1).front();
        domain::Record record = domain::event_record(event);
        record.key = event.issuer.subject;
        record.target = {topic, domain::partition_of(record.key, settings.partitions)};
        domain::add_link(record, {log.head().incarnation, {position}, {predecessor}});
        signer.sign(record);
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
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog log{store};
    infra::memory::MemoryRelayLeases leases{store, clock};
    infra::memory::MemoryRecordPublisher publisher{broker};
    infra::memory::MemoryRecordConsumer consumer{broker};
    infra::memory::MemoryRecordKeys keys{store, clock};
    infra::crypto::HmacRecordSigner signer{keys, std::chrono::hours(1)};
    infra::crypto::HmacRecordVerifier verifier{keys, clock};
    const FeedSettings settings{.topics = {topic}, .partitions = 2};
    FeedBatch batch;
    std::vector<FeedPartition> wanted = Hub(settings.partitions).all();
    Feed feed{
        consumer,
        verifier,
        log,
        leases,
        clock,
        settings,
        reply_frames,
        [this](FeedBatch delivered) {
            batch = std::move(delivered);
            return wanted;
        }};
};

TEST_F(FeedSpec, StartsAtTheHeadAndThenBringsEachEventAsTheStoreHasIt) {
    const FeedBatch first = step();
    ASSERT_EQ(first.starts.size(), 2U);
    for (const FeedMark& start : first.starts) EXPECT_EQ(start.position, domain::Position{3});
    append("ada", 1);
    send(record(4, 3));
    const FeedBatch brought = step();
    EXPECT_TRUE(brought.starts.empty());
    ASSERT_EQ(brought.records.size(), 1U);
    EXPECT_EQ(brought.records[0].key, "ada");
    EXPECT_EQ(brought.records[0].link, (domain::ChainLink{1, {4}, {3}}));
    EXPECT_EQ(*brought.records[0].frame.bytes, *event_frame(log.read({3}, 1).front(), 1).bytes);
}

TEST_F(FeedSpec, ReadsTheHeadLaterWhenTheStoreIsAway) {
    EXPECT_FALSE(step().starts.empty());
    infra::memory::MemoryRecordConsumer another{broker};
    bool delivered = false;
    Feed late{another, verifier, log, leases, clock, settings, reply_frames, [&](FeedBatch) {
                  delivered = true;
                  return wanted;
              }};
    late.step();
    delivered = false;
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
    step();
    clock.advance(settings.check_interval);
    const FeedBatch first = step();
    ASSERT_EQ(first.marks.size(), 1U);
    EXPECT_EQ(first.marks[0].partition.partition, domain::partition_of("ada", 2));
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
    EXPECT_EQ(step().starts.size(), 2U);
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

TEST_F(FeedSpec, DropsWhatSpeaksOfItsPlaceAndIsNotSignedAsItStands) {
    step();
    append("ada", 1);
    const domain::Record genuine = record(4, 3);
    std::vector<domain::Record> forgeries(8, genuine);
    forgeries[0].headers.pop_back();  // not signed
    forgeries[1].target.partition = 1 - genuine.target.partition;
    forgeries[2].key = "bob";
    forgeries[3].value = "[]";
    for (auto& [name, value] : forgeries[4].headers)
        if (name == "ce_position") value = "1000000000000000";
    forgeries[5].headers.pop_back();
    for (auto& [name, value] : forgeries[5].headers)
        if (name == "ce_position") value = "99999999999999999999999999";  // no number of ours
    forgeries[6].headers = {
        {"ce_id", "1"}, {"ce_type", "a"}, {"ce_source", "/a"}, {"ce_predecessor", ""}};
    forgeries[7].headers = {{"ce_incarnation", "-1"}};
    for (const domain::Record& forgery : forgeries) send(forgery);
    const FeedBatch brought = step();
    EXPECT_EQ(brought.forged, forgeries.size());
    EXPECT_TRUE(brought.records.empty()) << "not even as a notification";
    send(genuine);
    EXPECT_EQ(step().records.size(), 1U);
}

TEST_F(FeedSpec, LeavesOutMarksOfPartitionsThatItDoesNotHave) {
    const auto epoch = leases.acquire(domain::Log::events, "relay", std::chrono::seconds{60});
    domain::RelayCheckpoint beyond;
    beyond.marks = {{{topic, settings.partitions}, {1}, 0}};
    ASSERT_TRUE(leases.save(domain::Log::events, *epoch, beyond));
    step();
    clock.advance(settings.check_interval);
    EXPECT_TRUE(step().marks.empty());
}

struct FeedOfGenerations : FeedSpec {
    FeedOfGenerations() { generations.fix(settings.partitions); }

    /// With what the broker has then.
    void begin(std::int32_t partitions) {
        const auto now = generations.present().number;
        ASSERT_EQ(
            generations.begin({now, partitions, "antiphon.commands.", 1'000}),
            domain::Generations::Begun::begun
        );
        const std::array<domain::TopicSpec, 1> grown{{{topic, partitions}}};
        publisher.ensure_topics(grown);
        wanted = Hub(partitions).all();
    }

    domain::Record record_of(std::int64_t position, std::int64_t generation) {
        const auto event = log.read({position - 1}, 1).front();
        domain::Record record = domain::event_record(event);
        record.key = event.issuer.subject;
        record.target = {topic, domain::partition_of(record.key, generations.present().partitions)};
        domain::add_link(record, {1, {position}, {position - 1}, generation});
        signer.sign(record);
        return record;
    }

    infra::memory::MemoryGenerations generations{store};
};

TEST_F(FeedOfGenerations, BeginsAllAnewWithTheNumberOfTheStore) {
    step();
    begin(5);
    clock.advance(settings.check_interval);
    std::optional<std::int32_t> told;
    std::size_t starts = 0;
    for (int i = 0; i < 3; ++i) {
        const FeedBatch brought = step();
        if (brought.partitions) told = brought.partitions;
        starts += brought.starts.size();
    }
    EXPECT_EQ(starts, 5U) << "also those that it had read before";
    append("ada", 1);
    send(record_of(4, 2));
    EXPECT_EQ(step().records.size(), 1U);
}

TEST_F(FeedOfGenerations, HearsOfANewOneByItsRecordsAndLeavesOutThoseOfOthers) {
    step();
    append("ada", 2);
    begin(2);
    send(record_of(4, 2));
    EXPECT_EQ(step().foreign, 1U) << "it does not know of that one yet";
    EXPECT_EQ(step().starts.size(), 2U) << "now it does, and no check was due";
    send(record_of(5, 1));
    const FeedBatch late = step();
    EXPECT_EQ(late.foreign, 1U);
    EXPECT_TRUE(late.records.empty());
}

/// As for the followers of aggregates.
struct FeedOnDemand : FeedSpec {
    FeedOnDemand() { want({}); }

    void want(std::vector<FeedPartition> partitions) {
        wanted = std::move(partitions);
        feed.step();
    }
    const std::int32_t home = domain::partition_of("ada", settings.partitions);
};

TEST_F(FeedOnDemand, ReadsNothingWhileNobodyListens) {
    append("ada", 1);
    send(record(4, 3));
    clock.advance(settings.check_interval);
    store.fail_next(1);  // the store is not asked, either
    const FeedBatch brought = step();
    EXPECT_TRUE(brought.records.empty());
    EXPECT_TRUE(brought.starts.empty());
    EXPECT_FALSE(brought.head);
    EXPECT_THROW(log.head(), domain::WorldError);
}

TEST_F(FeedOnDemand, StartsAtTheHeadWhatSomebodyListensToAndNothingElse) {
    append("ada", 1);
    send(record(4, 3));
    want({{home}});
    const FeedBatch begun = step();
    ASSERT_EQ(begun.starts.size(), 1U);
    EXPECT_EQ(begun.starts[0].partition, FeedPartition{home});
    EXPECT_EQ(begun.starts[0].position.value, 4);
    append("ada", 1);
    send(record(5, 4));
    EXPECT_EQ(step().records.size(), 1U);
    want({});
    append("ada", 1);
    send(record(6, 5));
    EXPECT_TRUE(step().records.empty());
}

TEST_F(FeedOnDemand, SaysWhereTheStoreEndsWhileKafkaIsAway) {
    broker.set_away(true);
    want({{home}});
    clock.advance(settings.check_interval);
    const FeedBatch away = step();
    EXPECT_TRUE(away.starts.empty());
    ASSERT_EQ(away.unread.size(), 1U);
    EXPECT_EQ(away.unread[0].partition, FeedPartition{home});
    EXPECT_EQ(away.unread[0].position.value, 3);
    append("ada", 1);
    EXPECT_TRUE(step().unread.empty());
    clock.advance(settings.check_interval);
    EXPECT_EQ(step().unread.at(0).position.value, 4);
    broker.set_away(false);
    EXPECT_EQ(step().starts.size(), 1U);
    clock.advance(settings.check_interval);
    EXPECT_TRUE(step().unread.empty());
}

TEST_F(FeedOnDemand, StartsAgainWhatItHasLeft) {
    want({{home}});
    EXPECT_EQ(step().starts.size(), 1U);
    want({});
    append("ada", 1);
    send(record(4, 3));
    want({{home}, {1 - home}});
    const FeedBatch again = step();
    EXPECT_EQ(again.starts.size(), 2U);
    EXPECT_EQ(again.starts[0].position.value, 4);
}

TEST_F(FeedSpec, LetsNoNotificationThroughWhereTopicsHoldNone) {
    domain::Record notification;
    notification.target = {topic, 1};
    notification.key = "ada";
    notification.headers = {{"ce_id", "1"}, {"ce_type", "mail.arrived"}, {"ce_source", "/mail"}};
    infra::memory::MemoryRecordConsumer another{broker};
    Feed strict{
        another,
        verifier,
        log,
        leases,
        clock,
        settings,
        {event_frame},
        [this](FeedBatch delivered) {
            batch = std::move(delivered);
            return wanted;
        }};
    strict.step();
    strict.step();
    send(notification);
    strict.step();
    EXPECT_EQ(batch.malformed, 1U);
    EXPECT_TRUE(batch.records.empty());
}

}  // namespace
}  // namespace gateway::sse

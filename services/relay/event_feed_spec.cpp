#include "tests/kit/relay_world.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace services::relay {
namespace {

using namespace kit::relay;

TEST(EventFeed, GoesOnWhereTheCommandThatFailedIsNotToBeFound) {
    World world;
    domain::EventEnvelope event;  // as a store may hold it that once believed a record
    event.position = {1};
    event.stream = {std::string(domain::outcome_category), "forged"};
    event.version = {1};
    event.type = domain::outcome_failed;
    event.command_id = "forged";
    event.command_position = {1'000'000'000'000'000};
    event.issuer.subject = "ada";
    world.store.write([&](infra::memory::Tables& tables) {
        tables.events.push_back(event);
        return true;
    });
    EventFeed feed(world.events, world.commands, topics, {"toy"}, partitions);
    const auto rows = feed.read({}, 10);
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].records.size(), 1U) << "the reply alone";
}

TEST(EventFeed, PassesOverEventsOfACategoryThatItsBuildDoesNotKnow) {
    World world;
    domain::EventBatch batch;
    batch.events.resize(1);
    batch.events[0].stream = {"toy", "entity-1"};
    batch.events[0].version = {1};
    batch.events[0].command_id = "c1";
    batch.events[0].issuer.subject = "ada";
    kit::CausedEventLog caused(world.events, world.commands);
    ASSERT_TRUE(std::holds_alternative<domain::Appended>(caused.append(batch)));
    EventFeed feed(world.events, world.commands, topics, {"other"}, partitions);
    const auto rows = feed.read({}, 10);
    ASSERT_EQ(rows.size(), 1U);
    ASSERT_EQ(rows[0].records.size(), 1U);
    EXPECT_EQ(rows[0].records[0].target.topic, topics.replies());
    ASSERT_EQ(rows[0].passed_over.size(), 1U);
    EXPECT_EQ(rows[0].passed_over[0].topic, topics.events("toy"));
}

TEST(EventFeed, SendsOneReplyToEachPartitionInWhichSomebodyHears) {
    World world;
    domain::EventBatch batch;
    batch.events.resize(1);
    batch.events[0].stream = {"toy", "entity-1"};
    batch.events[0].version = {1};
    batch.events[0].command_id = "c1";
    batch.events[0].issuer.subject = "ada";
    std::map<std::int32_t, std::set<std::string>> wanted{
        {domain::partition_of("ada", partitions), {"ada"}}};
    for (int i = 0; i < 50; ++i) {
        const std::string user = "user-" + std::to_string(i);
        batch.events[0].hears.push_back(user);
        wanted[domain::partition_of(user, partitions)].insert(user);
    }
    kit::CausedEventLog caused(world.events, world.commands);
    ASSERT_TRUE(std::holds_alternative<domain::Appended>(caused.append(batch)));
    EventFeed feed(world.events, world.commands, topics, {"toy"}, partitions);
    const auto records = feed.read({}, 10).at(0).records;
    std::map<std::int32_t, std::set<std::string>> heard;
    for (const auto& record : records) {
        if (record.target.topic == topics.events("toy")) {
            EXPECT_TRUE(domain::hearers_of(record).empty());
            continue;
        }
        std::vector<std::string> users = domain::hearers_of(record);
        users.push_back(record.key);
        EXPECT_TRUE(heard.try_emplace(record.target.partition, users.begin(), users.end()).second)
            << "one record of an event is in a partition, or the chain would take it for a repeat";
    }
    EXPECT_EQ(heard, wanted);
}

TEST(EventFeed, SendsEventsToTheirTopicAndToTheUserAndFailuresToTheDeadLetters) {
    World world;
    world.accept(2);
    const auto failing = world.commands.read({}, 2)[1];

    domain::EventBatch batch;
    domain::EventEnvelope event;
    event.stream = {"toy", "entity-1"};
    event.version = {1};
    event.type = "added";
    event.data = "{}";
    event.command_id = "c1";
    event.command_position = {1};
    event.last = true;
    event.issuer.subject = "ada";
    batch.events.push_back(event);
    const domain::NewEvent failure = domain::failed(failing.command, "threw", "no");
    event.stream = {std::string(domain::outcome_category), failing.command.id};
    event.type = failure.type;
    event.data = failure.data;
    event.command_id = failing.command.id;
    event.command_position = failing.position;
    batch.events.push_back(event);
    ASSERT_TRUE(std::holds_alternative<domain::Appended>(world.events.append(batch)));

    infra::memory::MemoryRelayLeases leases(world.store, world.clock);
    infra::memory::MemoryRecordPublisher publisher(world.broker);
    EventFeed feed(world.events, world.commands, topics, {"toy"}, partitions);
    infra::crypto::HmacRecordSigner signer(world.keys, 1h);
    Relay relay(feed, leases, publisher, signer, world.clock, CommandRelay::with({}, "a"));
    while (relay.step()) {
    }

    const auto events = world.records(topics.events("toy"));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].key, "entity-1");
    const auto replies = world.records(topics.replies());
    ASSERT_EQ(replies.size(), 2U);
    EXPECT_EQ(replies[0].key, "ada");
    EXPECT_EQ(domain::event_of(replies[1])->type, domain::outcome_failed);
    const auto dead = world.records(topics.dead_letters());
    ASSERT_EQ(dead.size(), 1U);
    EXPECT_EQ(domain::command_of(dead[0])->command.id, failing.command.id);
}

}  // namespace
}  // namespace services::relay

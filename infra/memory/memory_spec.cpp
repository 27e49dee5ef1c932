#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_record_consumer.hpp"
#include "infra/memory/memory_record_publisher.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

// What the contracts do not speak of: the faults that tests may order.
namespace infra::memory {

using std::chrono::milliseconds;

TEST(MemoryStore, FailsAsOftenAsToldAndWithoutEffect) {
    MemoryStore store;
    MemoryCommandLog log(store);
    std::vector batch{kit::sample_command(1)};
    store.fail_next(2);
    EXPECT_THROW(log.append(batch), domain::WorldError);
    EXPECT_THROW(log.read({0}, 10), domain::WorldError);
    EXPECT_TRUE(log.read({0}, 10).empty());
}

TEST(MemoryStore, ForgetsAnAcknowledgementOfWhatItStored) {
    MemoryStore store;
    MemoryCommandLog log(store);
    std::vector batch{kit::sample_command(1)};
    store.forget_acknowledgements(1);
    EXPECT_THROW(log.append(batch), domain::WorldError);
    EXPECT_EQ(log.append(batch).at(0).kind, domain::Acceptance::Kind::repeated);
}

TEST(MemoryStore, RaisesTheIncarnationOfCursors) {
    MemoryStore store;
    store.raise_incarnation();
    EXPECT_EQ(MemoryEventLog(store).head(), (domain::Cursor{2, {0}}));
}

TEST(MemoryRelayLeases, RunOutByTheClock) {
    MemoryStore store;
    ManualClock clock;
    MemoryRelayLeases leases(store, clock);
    EXPECT_TRUE(leases.acquire(domain::Log::events, "ada", milliseconds(10)));
    clock.advance(milliseconds(9));
    EXPECT_FALSE(leases.acquire(domain::Log::events, "bob", milliseconds(10)));
    clock.advance(milliseconds(1));
    EXPECT_TRUE(leases.acquire(domain::Log::events, "bob", milliseconds(10)));
}

class Brokered : public testing::Test {
  protected:
    MemoryBroker broker;
    MemoryRecordPublisher publisher{broker};
    const std::vector<domain::TopicSpec> specs{{"t", 2}};
    const domain::Record record{{"t", 1}, "key", "value", {}};

    Brokered() { publisher.ensure_topics(specs); }

    bool publish() {
        publisher.send(std::vector{record});
        return publisher.flush(milliseconds(0));
    }

    std::int64_t end() { return publisher.view(specs).ends.at(1).offset; }
};

TEST_F(Brokered, KeepsBackWhatIsSentWhileTheClusterIsAway) {
    MemoryRecordConsumer consumer(broker);
    consumer.follow({{"t", 0}, {"t", 1}});
    EXPECT_EQ(consumer.poll(10, milliseconds(0)).assigned.size(), 2u);
    broker.set_away(true);
    EXPECT_FALSE(publish());
    EXPECT_THROW(end(), domain::WorldError);
    EXPECT_TRUE(consumer.poll(10, milliseconds(0)).records.empty());
    broker.set_away(false);
    EXPECT_TRUE(publisher.flush(milliseconds(0)));
    EXPECT_EQ(consumer.poll(10, milliseconds(0)).records.size(), 1u);
}

TEST_F(Brokered, AForgottenAcknowledgementBreaksTheProducerUntilItIsAbandoned) {
    broker.forget_acknowledgements(1);
    EXPECT_THROW(publish(), domain::WorldError);
    EXPECT_THROW(publisher.flush(milliseconds(0)), domain::WorldError);
    publisher.abandon();
    EXPECT_TRUE(publish());
    EXPECT_EQ(end(), 2);
}

TEST_F(Brokered, AWipeTakesTheTopicsAndTheClusterId) {
    publish();
    auto before = publisher.view(specs).cluster_id;
    broker.wipe();
    auto after = publisher.view(specs);
    EXPECT_NE(after.cluster_id, before);
    EXPECT_TRUE(after.ends.empty());
    EXPECT_THROW(publish(), domain::WorldError);
}

TEST_F(Brokered, AMemberOfTheGroupBeginsAnewAfterAWipe) {
    MemoryRecordConsumer consumer(broker, {"t"}, "group");
    publish();
    EXPECT_EQ(consumer.poll(10, milliseconds(0)).records.size(), 1u);
    consumer.commit(std::vector<domain::PartitionOffset>{{{"t", 1}, 1}});
    broker.wipe();
    EXPECT_EQ(consumer.poll(10, milliseconds(0)).revoked.size(), 2u);
    publisher.ensure_topics(specs);
    publish();
    auto polled = consumer.poll(10, milliseconds(0));
    EXPECT_EQ(polled.assigned.size(), 2u);
    EXPECT_EQ(polled.records.at(0).offset, 0);
}

TEST_F(Brokered, ALostTailIsGivenOutAgain) {
    MemoryRecordConsumer consumer(broker);
    consumer.follow({{"t", 0}, {"t", 1}});
    consumer.poll(10, milliseconds(0));
    for (int n = 0; n < 3; ++n) publish();
    EXPECT_EQ(consumer.poll(10, milliseconds(0)).records.size(), 3u);
    broker.lose_tail({"t", 1}, 2);
    EXPECT_EQ(end(), 1);
    EXPECT_EQ(consumer.poll(10, milliseconds(0)).records.at(0).offset, 0);
}

TEST_F(Brokered, AMemberThatExpiredIsReplacedAndLearnsItAtItsNextPoll) {
    MemoryRecordConsumer ada(broker, {"t"}, "group");
    MemoryRecordConsumer bob(broker, {"t"}, "group");
    EXPECT_EQ(ada.poll(10, milliseconds(0)).assigned.size(), 2u);
    ada.expire();
    EXPECT_EQ(bob.poll(10, milliseconds(0)).assigned.size(), 2u);
    EXPECT_EQ(ada.poll(10, milliseconds(0)).revoked.size(), 2u);
    EXPECT_EQ(bob.poll(10, milliseconds(0)).revoked.size(), 1u);
    EXPECT_EQ(ada.poll(10, milliseconds(0)).assigned.size(), 1u);
}

TEST_F(Brokered, AFullPartitionKeepsNoOtherWaiting) {
    MemoryRecordConsumer consumer(broker, {"t"}, "group");
    domain::Record other = record;
    other.target.partition = 0;
    publisher.send(std::vector{other, other, other, record});
    publisher.flush(milliseconds(0));
    std::set<std::int32_t> served;
    for (int n = 0; n < 2; ++n)
        served.insert(consumer.poll(1, milliseconds(0)).records.at(0).record.target.partition);
    EXPECT_EQ(served.size(), 2u);
}

}  // namespace infra::memory

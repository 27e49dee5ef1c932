#include "tests/contract/kafka_brokers.hpp"
#include "tests/contract/kafka_world.hpp"
#include "tests/contract/records_suite.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace contract {
namespace {

using namespace std::chrono_literals;
using namespace infra::kafka;

/// One for all tests of this program: it takes seconds to start.
std::unique_ptr<TestBroker> broker;
int session_timeout_ms = 6'000;  // the least that Apache Kafka takes

std::unique_ptr<BrokerWorld> kafka_world() {
    KafkaSettings settings;
    settings.brokers = broker->address();
    settings.fetch_wait_ms = 5;
    settings.session_timeout_ms = session_timeout_ms;
    settings.max_poll_interval_ms = 3 * session_timeout_ms;
    return std::make_unique<KafkaWorld>(settings);
}

INSTANTIATE_TEST_SUITE_P(Kafka, RecordsSuite, testing::Values(&kafka_world));

/// What only a real broker can do: be away, and be another one.
class KafkaOutage : public RecordsSuite {
  protected:
    void TearDown() override { broker->start(); }

    bool both_read(Reader& a, Reader& b, const std::string& value) {
        auto has = [&](Reader& reader) {
            reader.poll();
            return std::ranges::count(reader.values(), value) > 0;
        };
        return kit::eventually([&] { return has(a) & has(b); }, deadline);
    }

    /// The first question after an outage may still meet the connection that died in it.
    bool ensure_topics_again() {
        return kit::eventually(
            [&] {
                try {
                    publisher->ensure_topics(specs);
                    return true;
                } catch (const domain::WorldError&) {
                    return false;
                }
            },
            deadline
        );
    }

    /// As a relay does after the loss of a cluster.
    void publish_anew(const std::vector<domain::Record>& batch) {
        EXPECT_TRUE(kit::eventually(
            [&] {
                try {
                    publisher->ensure_topics(specs);
                    publisher->send(batch);
                    return publisher->flush(deadline);
                } catch (const domain::WorldError&) {
                    publisher->abandon();
                    return false;
                }
            },
            deadline
        ));
    }
};
INSTANTIATE_TEST_SUITE_P(Kafka, KafkaOutage, testing::Values(&kafka_world));

TEST_P(KafkaOutage, IsWaitedForWithoutAThrowAndWithoutALoss) {
    auto member = group_reader();
    auto tail = tail_reader();
    publish({record(0, "before")});
    EXPECT_TRUE(both_read(member, tail, "before"));

    broker->stop();
    member.begins_again = tail.begins_again = true;  // the embedded one comes back empty
    publisher->send(std::vector<domain::Record>{record(1, "meanwhile"), record(2, "meanwhile")});
    EXPECT_FALSE(publisher->flush(500ms));
    member.poll();
    tail.poll();
    EXPECT_THROW(publisher->view(specs), domain::WorldError);

    broker->start();
    EXPECT_TRUE(publisher->flush(deadline));
    EXPECT_TRUE(both_read(member, tail, "meanwhile"));
}

TEST_P(KafkaOutage, ANewClusterInItsPlaceIsReadFromItsBeginning) {
    auto member = group_reader();
    auto tail = tail_reader();
    // As many records as the new cluster gets, so that the old offsets are good ones there.
    publish({record(0, "old"), record(0, "old")});
    EXPECT_TRUE(both_read(member, tail, "old"));
    const std::string id = publisher->view(specs).cluster_id;

    broker->replace();
    member.begins_again = tail.begins_again = true;
    publish_anew({record(0, "first"), record(0, "second")});
    EXPECT_NE(publisher->view(specs).cluster_id, id);
    for (const std::string value : {"first", "second"}) EXPECT_TRUE(both_read(member, tail, value));
}

TEST_P(KafkaOutage, IsNoHindranceToStarting) {
    broker->stop();
    auto early_publisher = world->make_publisher();
    EXPECT_THROW(early_publisher->ensure_topics(specs), domain::WorldError);
    Reader tail(new_tail());
    Reader member(group_reader());
    member.begins_again = tail.begins_again = true;
    tail.poll();
    member.poll();
    EXPECT_TRUE(tail.assigned.empty());

    broker->start();
    EXPECT_TRUE(ensure_topics_again());
    EXPECT_TRUE(
        kit::eventually([&] { return tail.poll(), tail.assigned.size() == partitions; }, deadline)
    );
    publish({record(3, "now")});
    EXPECT_TRUE(both_read(member, tail, "now"));
}

TEST_P(KafkaOutage, WhileAMemberJoinsItStandsStillAndTheMemberGetsItsPartitions) {
    Reader member(group_reader());
    auto poll_for = [&](std::chrono::milliseconds time) {
        kit::eventually([&] { return member.poll(), false; }, time);
    };
    poll_for(500ms);  // it has asked to join
    broker->freeze();
    poll_for(std::chrono::milliseconds(session_timeout_ms) + 1s);
    broker->thaw();
    EXPECT_TRUE(kit::eventually(
        [&] { return member.poll(), member.assigned.size() == partitions; }, deadline
    ));
}

TEST_P(RecordsSuite, ARecordThatIsTooLargeIsLeftOutAndStopsNothing) {
    auto tail = tail_reader();
    publish({record(0, "before"), record(0, std::string(2'000'000, 'x')), record(0, "behind")});
    EXPECT_TRUE(kit::eventually(
        [&] {
            return tail.poll(), tail.values() == std::vector<std::string>{"before", "behind"};
        },
        deadline
    ));
}

TEST_P(RecordsSuite, SaysWhichTopicHasTooFewPartitionsWhereItCannotGiveItMore) {
    try {
        publisher->ensure_topics(std::vector<domain::TopicSpec>{{topic, 7}});
        EXPECT_EQ(publisher->view(std::vector<domain::TopicSpec>{{topic, 7}}).ends.size(), 7U);
    } catch (const domain::WorldError& error) {
        const std::string text = error.what();
        for (const std::string& part : {topic, std::string("has 4"), std::string("7 are wanted")})
            EXPECT_NE(text.find(part), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace contract

int main(int count, char** arguments) {
    testing::InitGoogleTest(&count, arguments);
    const std::string_view kind = count > 1 ? arguments[1] : "";
    if (kind == "embedded") {
        contract::broker = contract::start_embedded_broker();
        contract::session_timeout_ms = 4'000;  // it waits for members nearly so long
    } else if (kind == "apache") {
        contract::broker = contract::start_apache_kafka();
    } else {
        std::fputs("usage: kafka_contract embedded|apache\n", stderr);
        return 2;
    }
    if (!contract::broker) {
        const char* ci = std::getenv("CI");
        return ci && std::string_view(ci) == "true" ? 1 : 77;  // 77: skipped
    }
    const int result = RUN_ALL_TESTS();
    contract::broker.reset();
    return result;
}

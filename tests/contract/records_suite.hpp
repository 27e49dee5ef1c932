#pragma once

#include "domain/kernel/error.hpp"
#include "tests/contract/broker_world.hpp"
#include "tests/kit/eventually.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

namespace contract {

/// A consumer and all that it ever reported.
class Reader {
  public:
    explicit Reader(std::unique_ptr<domain::RecordConsumer> own) : consumer(std::move(own)) {}

    /// Delivery must keep to the assignment, and to the order of each partition.
    void poll(std::size_t max = 100) {
        auto polled = consumer->poll(max, std::chrono::milliseconds(10));
        EXPECT_LE(polled.records.size(), max);
        for (const auto& partition : polled.revoked) {
            EXPECT_EQ(assigned.erase(partition), 1u);
            next.erase(partition);
        }
        for (const auto& partition : polled.assigned)
            EXPECT_TRUE(assigned.insert(partition).second);
        for (auto& record : polled.records) {
            const auto& partition = record.record.target;
            EXPECT_TRUE(assigned.contains(partition));
            if (!begins_again || record.offset != 0) {
                EXPECT_GE(record.offset, next[partition]);
            }
            next[partition] = record.offset + 1;
            records.push_back(std::move(record));
        }
    }

    std::vector<std::string> values() const {
        std::vector<std::string> all;
        for (const auto& each : records) all.push_back(each.record.value);
        return all;
    }

    std::unique_ptr<domain::RecordConsumer> consumer;
    bool begins_again = false;  ///< another cluster is there: partitions may be read from offset 0
    std::set<domain::TopicPartition> assigned;
    std::map<domain::TopicPartition, std::int64_t> next;
    std::vector<domain::ConsumedRecord> records;
};

class RecordsSuite : public testing::TestWithParam<MakeBrokerWorld> {
  protected:
    static constexpr std::int32_t partitions = 4;
    static constexpr std::chrono::seconds deadline{60};

    std::unique_ptr<BrokerWorld> world = GetParam()();
    std::unique_ptr<domain::RecordPublisher> publisher = world->make_publisher();
    const std::string topic = fresh_name();
    const std::string group = topic + "-group";
    const std::vector<domain::TopicSpec> specs{{topic, partitions}};

    void SetUp() override { publisher->ensure_topics(specs); }

    /// A name that no other test and no other run has used.
    static std::string fresh_name() {
        static int count = 0;
        auto now = std::chrono::system_clock::now().time_since_epoch().count();
        return "contract-" + std::to_string(now) + "-" + std::to_string(++count);
    }

    domain::Record record(std::int32_t partition, std::string value) const {
        return {{topic, partition}, "key", std::move(value), {}};
    }

    void publish(const std::vector<domain::Record>& batch) {
        publisher->send(batch);
        ASSERT_TRUE(publisher->flush(deadline));
    }

    Reader group_reader() { return Reader(world->make_group_consumer({topic}, group)); }

    std::unique_ptr<domain::TailConsumer> new_tail() {
        auto consumer = world->make_tail_consumer();
        consumer->follow({{topic, 0}, {topic, 1}, {topic, 2}, {topic, 3}});
        return consumer;
    }

    /// From the end: what is published after this call is read.
    Reader tail_reader() {
        Reader reader(new_tail());
        EXPECT_TRUE(kit::eventually(
            [&] {
                reader.poll();
                return reader.assigned.size() == partitions;
            },
            deadline
        ));
        return reader;
    }

    static void read_until(Reader& reader, std::size_t count) {
        EXPECT_TRUE(kit::eventually(
            [&] {
                reader.poll();
                return reader.records.size() >= count;
            },
            deadline
        ));
    }
};

using Values = std::vector<std::string>;

TEST_P(RecordsSuite, CarriesKeyValueHeadersAndPartition) {
    auto reader = tail_reader();
    domain::Record sent = record(3, R"({"cents": 5,  "note":"✓"})");
    sent.key = "kéy";
    sent.headers = {{"ce_id", "1"}, {"empty", ""}, {"ce_id", "again"}, {"utf", "schön"}};
    domain::Record bare{{topic, 0}, "", "", {}};
    publish({sent, bare});
    read_until(reader, 2);
    ASSERT_EQ(reader.records.size(), 2u);
    if (reader.records[0].record.target.partition == 0)
        std::swap(reader.records[0], reader.records[1]);
    EXPECT_EQ(reader.records[0].record, sent);
    EXPECT_EQ(reader.records[1].record, bare);
}

TEST_P(RecordsSuite, KeepsTheOrderOfAPartitionOverBatches) {
    auto reader = tail_reader();
    Values expected;
    for (int b = 0; b < 20; ++b) {
        std::vector<domain::Record> batch;
        for (int i = 0; i < 10; ++i) {
            expected.push_back(std::to_string(b * 10 + i));
            batch.push_back(record(2, expected.back()));
        }
        publish(batch);
    }
    read_until(reader, expected.size());
    EXPECT_EQ(reader.values(), expected);
}

TEST_P(RecordsSuite, DeliversNoMoreThanAskedFor) {
    auto reader = tail_reader();
    publish({record(0, "a"), record(0, "b"), record(0, "c"), record(1, "d")});
    EXPECT_TRUE(kit::eventually(
        [&] {
            reader.poll(1);
            return reader.records.size() == 4;
        },
        deadline
    ));
}

TEST_P(RecordsSuite, TellsWhereTheLastOfEachPartitionWent) {
    publish({record(0, "a"), record(0, "b"), record(1, "c")});
    auto ends = publisher->view(specs).ends;
    ASSERT_EQ(ends.size(), static_cast<std::size_t>(partitions));
    for (const auto& end : ends)
        EXPECT_EQ(
            end.offset,
            (end.partition.partition == 0   ? 2
             : end.partition.partition == 1 ? 1
                                            : 0)
        );

    auto acknowledged = publisher->acknowledged();
    std::ranges::sort(acknowledged);
    EXPECT_EQ(
        acknowledged, (std::vector<domain::PartitionOffset>{{{topic, 0}, 1}, {{topic, 1}, 0}})
    );
    publisher->abandon();
    EXPECT_TRUE(publisher->acknowledged().empty());
    publish({record(0, "d")});
    EXPECT_EQ(publisher->acknowledged(), (std::vector<domain::PartitionOffset>{{{topic, 0}, 2}}));
}

TEST_P(RecordsSuite, NamesTheClusterAlwaysAlike) {
    auto id = publisher->view(specs).cluster_id;
    EXPECT_FALSE(id.empty());
    EXPECT_EQ(world->make_publisher()->view(specs).cluster_id, id);
}

TEST_P(RecordsSuite, MakesTopicsOnceAndLeavesMorePartitionsThanItWantsAlone) {
    publish({record(0, "a")});
    publisher->ensure_topics(specs);
    EXPECT_EQ(publisher->view(specs).ends.at(0).offset, 1);
    const std::vector<domain::TopicSpec> fewer{{topic, partitions - 1}};
    publisher->ensure_topics(fewer);
    EXPECT_GE(publisher->partitions(topic), partitions);
    EXPECT_EQ(publisher->partitions("no-such-topic"), 0);
    EXPECT_GE(publisher->view(fewer).ends.size(), static_cast<std::size_t>(partitions - 1));
}

TEST_P(RecordsSuite, ATailReaderSeesWhatCameAfterItOnly) {
    publish({record(0, "old"), record(1, "old")});
    auto reader = tail_reader();
    publish({record(0, "new"), record(1, "new"), record(2, "new")});
    read_until(reader, 3);
    EXPECT_EQ(reader.values(), (Values{"new", "new", "new"}));
}

TEST_P(RecordsSuite, ATailReaderReadsWhatItIsToldToFromThenOn) {
    auto consumer = world->make_tail_consumer();
    domain::TailConsumer& tail = *consumer;
    Reader reader(std::move(consumer));
    reader.poll();
    publish({record(0, "nobody's")});
    tail.follow({{topic, 0}, {topic, 1}});
    ASSERT_TRUE(kit::eventually(
        [&] {
            reader.poll();
            return reader.assigned.size() == 2;
        },
        deadline
    ));
    publish({record(0, "a"), record(2, "nobody's")});
    read_until(reader, 1);

    tail.follow({{topic, 1}, {topic, 2}});
    reader.assigned.erase({topic, 0});
    ASSERT_TRUE(kit::eventually(
        [&] {
            reader.poll();
            return reader.assigned.contains({topic, 2});
        },
        deadline
    ));
    publish({record(0, "nobody's"), record(1, "b"), record(2, "c")});
    read_until(reader, 3);

    tail.follow({{topic, 0}});
    tail.follow({{topic, 1}, {topic, 2}});  // begins anew: it was none of them in between
    reader.assigned.clear();
    ASSERT_TRUE(kit::eventually(
        [&] {
            reader.poll();
            return reader.assigned.size() == 2;
        },
        deadline
    ));
    publish({record(2, "d")});
    read_until(reader, 4);
    auto values = reader.values();
    std::ranges::sort(values);
    EXPECT_EQ(values, (Values{"a", "b", "c", "d"}));
}

TEST_P(RecordsSuite, AGroupReadsFromTheBeginningAndThenFromWhatItCommitted) {
    publish({record(0, "a"), record(0, "b"), record(0, "c")});
    {
        auto reader = group_reader();
        read_until(reader, 3);
        EXPECT_EQ(reader.values(), (Values{"a", "b", "c"}));
        reader.consumer->commit(std::vector<domain::PartitionOffset>{{{topic, 0}, 2}});
    }
    auto reader = group_reader();
    read_until(reader, 1);
    EXPECT_EQ(reader.records.at(0).offset, 2);
    EXPECT_EQ(reader.records.at(0).record.value, "c");
}

TEST_P(RecordsSuite, AGroupSharesItsPartitions) {
    auto ada = group_reader();
    auto all_to = [](Reader& reader) { return reader.assigned.size() == partitions; };
    EXPECT_TRUE(kit::eventually([&] { return ada.poll(), all_to(ada); }, deadline));
    {
        auto bob = group_reader();
        EXPECT_TRUE(kit::eventually(
            [&] {
                ada.poll();
                bob.poll();
                return ada.assigned.size() == 2 && bob.assigned.size() == 2;
            },
            deadline
        ));
        for (const auto& partition : ada.assigned) EXPECT_FALSE(bob.assigned.contains(partition));
        publish({record(0, "0"), record(1, "1"), record(2, "2"), record(3, "3")});
        EXPECT_TRUE(kit::eventually(
            [&] {
                ada.poll();
                bob.poll();
                return ada.records.size() + bob.records.size() == 4;
            },
            deadline
        ));
    }
    EXPECT_TRUE(kit::eventually([&] { return ada.poll(), all_to(ada); }, deadline));
}

TEST_P(RecordsSuite, AReaderMayLeaveAtAnyMomentOfItsJoining) {
    auto ada = group_reader();
    auto all_to = [](Reader& reader) { return reader.assigned.size() == partitions; };
    EXPECT_TRUE(kit::eventually([&] { return ada.poll(), all_to(ada); }, deadline));
    for (int polls = 0; polls < 8; ++polls) {
        auto bob = group_reader();
        for (int i = 0; i < polls; ++i) {
            bob.poll();
            ada.poll();
        }
    }
    EXPECT_TRUE(kit::eventually([&] { return ada.poll(), all_to(ada); }, deadline));
}

TEST_P(RecordsSuite, APausedReaderStaysAMemberAndGetsNothing) {
    auto reader = group_reader();
    auto witness = tail_reader();
    reader.consumer->pause();  // before it is assigned anything, and for that too
    publish({record(0, "a"), record(1, "b")});
    EXPECT_TRUE(kit::eventually(
        [&] {
            reader.poll();
            witness.poll();
            return reader.assigned.size() == partitions && witness.records.size() == 2;
        },
        deadline
    ));
    EXPECT_TRUE(reader.records.empty());
    reader.consumer->resume();
    read_until(reader, 2);
    reader.consumer->pause();
    publish({record(0, "c")});
    EXPECT_TRUE(kit::eventually(
        [&] {
            reader.poll();
            witness.poll();
            return witness.records.size() == 3;
        },
        deadline
    ));
    EXPECT_EQ(reader.records.size(), 2u);
    reader.consumer->resume();
    read_until(reader, 3);
    EXPECT_EQ(reader.records.back().record.value, "c");
}

}  // namespace contract

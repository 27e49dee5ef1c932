#include "domain/kernel/topics.hpp"
#include "gateway/sse/hub.hpp"

#include <gtest/gtest.h>

namespace gateway::sse {
namespace {

struct Recorder final : Listener {
    bool live(const Frame& frame) override {
        positions.push_back(frame.place);
        return room;
    }
    void behind() override { ++times_behind; }

    bool room = true;
    std::vector<std::int64_t> positions;
    int times_behind = 0;
};

/// Two users who share a partition, and one who does not.
struct HubSpec : testing::Test {
    static constexpr std::int32_t partitions = 8;

    HubSpec() {
        hub.add({ada}, of_ada);
        hub.add({neighbour}, of_neighbour);
        hub.add({stranger}, of_stranger);
        FeedBatch batch;
        for (std::int32_t i = 0; i < partitions; ++i) batch.starts.push_back({{i}, {10}});
        hub.take(batch);
        of_ada.times_behind = of_neighbour.times_behind = of_stranger.times_behind = 0;
    }

    static std::string other_user(bool same_partition) {
        const auto home = domain::partition_of("ada", partitions);
        for (int i = 0;; ++i) {
            std::string name = "user-" + std::to_string(i);
            if ((domain::partition_of(name, partitions) == home) == same_partition) return name;
        }
    }

    void take(const std::string& user, std::int64_t position, std::int64_t predecessor) {
        FeedBatch batch;
        FeedRecord record;
        record.partition = {domain::partition_of(user, partitions)};
        record.key = user;
        record.link = domain::ChainLink{1, {position}, {predecessor}};
        record.frame = {position, std::make_shared<const std::string>("data: {}\n\n")};
        batch.records.push_back(std::move(record));
        hub.take(batch);
    }

    void check(std::int64_t position) {
        FeedBatch batch;
        batch.marks.push_back({{domain::partition_of(ada, partitions)}, {position}});
        hub.take(batch);
    }

    const std::string ada = "ada";
    const std::string neighbour = other_user(true);
    const std::string stranger = other_user(false);
    Hub hub{partitions};
    Recorder of_ada;
    Recorder of_neighbour;
    Recorder of_stranger;
};

TEST_F(HubSpec, BringsARecordToEachConnectionOfItsSubjectAndToNoOther) {
    Recorder second;
    hub.add({ada}, second);
    take(ada, 12, 7);
    EXPECT_EQ(of_ada.positions, std::vector<std::int64_t>{12});
    EXPECT_EQ(second.positions, std::vector<std::int64_t>{12});
    EXPECT_TRUE(of_neighbour.positions.empty());
    hub.remove({ada}, second);
}

TEST_F(HubSpec, BringsARecordToTheOthersWhoHearOfIt) {
    FeedBatch batch;
    FeedRecord record;
    record.partition = {domain::partition_of(ada, partitions)};
    record.key = ada;
    record.link = domain::ChainLink{1, {11}, {10}};
    record.frame = {11, {}};
    record.others = {neighbour, "nobody-is-here"};
    batch.records = {record, record};  // the second is a repeat
    hub.take(batch);
    EXPECT_EQ(of_ada.positions, std::vector<std::int64_t>{11});
    EXPECT_EQ(of_neighbour.positions, std::vector<std::int64_t>{11});
    EXPECT_EQ(of_stranger.positions, std::vector<std::int64_t>{});
}

TEST_F(HubSpec, DropsWhatItHasTaken) {
    take(ada, 12, 7);
    take(ada, 12, 7);
    take(ada, 9, 7);
    EXPECT_EQ(of_ada.positions, std::vector<std::int64_t>{12});
    EXPECT_EQ(hub.counters().repeats, 2U);
}

TEST_F(HubSpec, SendsEverybodyOfThePartitionToTheStoreAtAGap) {
    take(ada, 14, 12);
    EXPECT_TRUE(of_ada.positions.empty());
    EXPECT_EQ(of_ada.times_behind, 1);
    EXPECT_EQ(of_neighbour.times_behind, 1);
    EXPECT_EQ(of_stranger.times_behind, 0);
    EXPECT_EQ(hub.position({ada}).value, 14);
    EXPECT_EQ(hub.position({stranger}).value, 10);
}

TEST_F(HubSpec, GoesOnAfterAGap) {
    take(ada, 14, 12);
    take(ada, 17, 14);
    EXPECT_EQ(of_ada.positions, std::vector<std::int64_t>{17});
}

TEST_F(HubSpec, NoticesSilenceAtTheSecondCheck) {
    check(12);
    EXPECT_EQ(of_ada.times_behind, 0) << "it may still be under way";
    check(15);
    EXPECT_EQ(of_ada.times_behind, 1);
    EXPECT_EQ(hub.position({ada}).value, 12);
    EXPECT_EQ(of_stranger.times_behind, 0);
}

TEST_F(HubSpec, IsNotBehindWhenWhatWasUnderWayHasCome) {
    check(12);
    take(ada, 12, 7);
    check(12);
    EXPECT_EQ(of_ada.times_behind, 0);
}

TEST_F(HubSpec, BeginsAnewAtAnyPosition) {
    check(12);
    FeedBatch batch;
    batch.starts.push_back({{domain::partition_of(ada, partitions)}, {4}});
    hub.take(batch);
    EXPECT_EQ(of_ada.times_behind, 1);
    EXPECT_EQ(hub.position({ada}).value, 4);
    check(4);
    EXPECT_EQ(of_ada.times_behind, 1) << "the old mark is forgotten";
}

TEST_F(HubSpec, SendsToTheStoreWhomTheFeedDoesNotReach) {
    FeedBatch batch;
    batch.unread.push_back({{domain::partition_of(ada, partitions)}, {12}});
    hub.take(batch);
    EXPECT_EQ(of_ada.times_behind, 1);
    EXPECT_EQ(of_stranger.times_behind, 0);
    EXPECT_EQ(hub.position({ada}).value, 12);
}

TEST_F(HubSpec, BringsNotificationsWithoutAPosition) {
    FeedBatch batch;
    batch.records.push_back({{}, ada, {}, {0, std::make_shared<const std::string>("data: {}\n\n")}}
    );
    hub.take(batch);
    EXPECT_EQ(of_ada.positions, std::vector<std::int64_t>{0});
    EXPECT_EQ(hub.position({ada}).value, 10);
    EXPECT_EQ(hub.counters().notifications, 1U);
}

TEST_F(HubSpec, CountsConnectionsAndOverflows) {
    EXPECT_EQ(hub.connections({ada}), 1U);
    EXPECT_EQ(hub.counters().connections, 3U);
    of_ada.room = false;
    take(ada, 12, 7);
    EXPECT_EQ(hub.counters().overflows, 1U);
    hub.remove({ada}, of_ada);
    EXPECT_EQ(hub.connections({ada}), 0U);
    EXPECT_EQ(hub.counters().connections, 2U);
    take(ada, 13, 12);
    EXPECT_EQ(of_ada.positions, std::vector<std::int64_t>{12});
}

TEST_F(HubSpec, KnowsWhichPartitionsSomebodyListensTo) {
    Hub topics(partitions, 2);
    EXPECT_TRUE(topics.listened().empty());
    const auto home = domain::partition_of(ada, partitions);
    topics.add({ada, 1}, of_ada);
    topics.add({neighbour, 1}, of_neighbour);
    topics.add({ada}, of_stranger);
    EXPECT_EQ(topics.listened(), (std::vector<FeedPartition>{{home, 0}, {home, 1}}));
    topics.remove({ada, 1}, of_ada);
    topics.remove({ada}, of_stranger);
    EXPECT_EQ(topics.listened(), (std::vector<FeedPartition>{{home, 1}}));
    topics.remove({neighbour, 1}, of_neighbour);
    EXPECT_TRUE(topics.listened().empty());
}

TEST_F(HubSpec, TakesTheSameKeyInAnotherTopicForAnotherOne) {
    Hub topics(partitions, 2);
    Recorder elsewhere;
    topics.add({ada}, of_ada);
    topics.add({ada, 1}, elsewhere);
    FeedBatch batch;
    FeedRecord record;
    record.partition = {domain::partition_of(ada, partitions), 1};
    record.key = ada;
    record.link = domain::ChainLink{1, {5}, {0}};
    record.frame = {3, std::make_shared<const std::string>("data: {}\n\n")};
    batch.records.push_back(std::move(record));
    topics.take(batch);
    EXPECT_EQ(elsewhere.positions, std::vector<std::int64_t>{3});
    EXPECT_TRUE(of_ada.positions.empty());
    EXPECT_EQ(topics.position({ada, 1}).value, 5);
    EXPECT_EQ(topics.position({ada}).value, 0);
}

TEST_F(HubSpec, FindsEachListenerWhenThereAreOtherPartitions) {
    take(ada, 12, 7);
    FeedBatch spread;
    spread.partitions = 3;
    hub.take(spread);
    EXPECT_EQ(hub.all().size(), 3U);
    for (Recorder* listener : {&of_ada, &of_neighbour, &of_stranger})
        EXPECT_EQ(listener->times_behind, 1) << "of what comes meanwhile only the store knows";
    for (const auto& user : {ada, neighbour, stranger})
        EXPECT_EQ(hub.position({user}).value, 12) << "as far as any had come";

    FeedBatch next;
    for (const auto& [user, position] : {std::pair{ada, 20}, std::pair{stranger, 21}}) {
        const FeedPartition home{domain::partition_of(user, 3)};
        next.starts.push_back({home, {15}});
        FeedRecord record;
        record.partition = home;
        record.key = user;
        record.link = domain::ChainLink{1, {position}, {15}, 2};
        record.frame = {position, std::make_shared<const std::string>("data: {}\n\n")};
        next.records.push_back(std::move(record));
    }
    hub.take(next);
    EXPECT_EQ(of_ada.positions.back(), 20);
    EXPECT_EQ(of_stranger.positions.back(), 21);
    hub.remove({ada}, of_ada);
    EXPECT_EQ(hub.connections({ada}), 0U);
}

}  // namespace
}  // namespace gateway::sse

#pragma once

#include "tests/contract/event_log_suite.hpp"

namespace contract {

using domain::Snapshot;

class SnapshotStoreSuite : public EventLogSuite {
  protected:
    static constexpr std::size_t plenty = 1'000'000;

    const domain::StreamId ada{"account", "ada"};
    const domain::StreamId bob{"account", "bob"};
    const domain::StreamId eve{"account", "eve"};
    std::unique_ptr<domain::SnapshotStore> snapshots = of_build("1-a");

    std::unique_ptr<domain::SnapshotStore> of_build(const std::string& form) {
        return world->make_snapshot_store({{"account", form}});
    }

    /// Of a stream as the log has it.
    Snapshot snapshot(const domain::StreamId& stream, std::int64_t version, std::string state) {
        const domain::StreamCursor before{stream, {version - 1}};
        const auto events = log->read_streams({&before, 1}, 1);
        return {
            .stream = stream,
            .version = {version},
            .state = std::move(state),
            .last_event = domain::event_id(events.at(0)),
            .incarnation = log->head().incarnation};
    }

    std::vector<Snapshot>
    find(domain::SnapshotStore& store, std::vector<domain::StreamId> streams) {
        return store.find(streams, plenty);
    }
};

using Snapshots = std::vector<Snapshot>;

TEST_P(SnapshotStoreSuite, GivesTheNewestOfEachStreamInTheOrderAsked) {
    store_five();
    EXPECT_EQ(find(*snapshots, {ada, bob}), Snapshots{});
    const auto of_ada = snapshot(ada, 2, R"({"text":"ü \"'\n"})");
    const auto of_bob = snapshot(bob, 2, "2");
    snapshots->save(of_ada);
    snapshots->save(of_bob);
    EXPECT_EQ(find(*of_build("1-a"), {bob, eve, ada}), (Snapshots{of_bob, of_ada}));

    const auto newer = snapshot(ada, 3, "3");
    snapshots->save(newer);
    snapshots->save(of_ada);  // by one that was slow
    EXPECT_EQ(find(*snapshots, {ada}), Snapshots{newer});
}

TEST_P(SnapshotStoreSuite, GivesNoMoreBytesThanAskedFor) {
    store_five();
    const auto of_ada = snapshot(ada, 2, "12345");
    const auto of_bob = snapshot(bob, 2, "12345");
    snapshots->save(of_ada);
    snapshots->save(of_bob);
    const std::vector streams{ada, bob};
    EXPECT_EQ(snapshots->find(streams, 10), (Snapshots{of_ada, of_bob}));
    EXPECT_EQ(snapshots->find(streams, 9), Snapshots{of_ada});
    EXPECT_EQ(snapshots->find(streams, 4), Snapshots{});
}

TEST_P(SnapshotStoreSuite, KeepsOnlyWhatStandsInTheLog) {
    store_five();
    auto ahead = snapshot(ada, 3, "4");
    ahead.version = {4};
    auto never_there = snapshot(ada, 3, "1");
    never_there.stream = eve;
    auto of_another_event = snapshot(ada, 3, "3");
    of_another_event.last_event = domain::event_id(kit::sample_event(9, "ada", 3));
    auto of_another_life = snapshot(ada, 3, "3");
    ++of_another_life.incarnation;
    auto of_another_category = snapshot(ada, 3, "3");
    of_another_category.stream.category = "toy";
    for (const auto& wrong :
         {ahead, never_there, of_another_event, of_another_life, of_another_category})
        snapshots->save(wrong);
    EXPECT_EQ(find(*snapshots, {ada, eve, {"toy", "ada"}}), Snapshots{});
}

TEST_P(SnapshotStoreSuite, ForgetsWhatIsOfALifeBefore) {
    store_five();
    const auto before = snapshot(ada, 3, "3");
    snapshots->save(before);
    world->begin_another_life();
    EXPECT_EQ(find(*snapshots, {ada}), Snapshots{});
    snapshots->save(before);
    EXPECT_EQ(find(*snapshots, {ada}), Snapshots{});
    const auto since = snapshot(ada, 2, "2");
    snapshots->save(since);  // though it is of a lower version
    EXPECT_EQ(find(*snapshots, {ada}), Snapshots{since});
}

TEST_P(SnapshotStoreSuite, KeepsThoseOfTwoBuildsApartAndDropsThoseOfAThird) {
    store_five();
    const auto newer_build = of_build("1-b");
    const auto newest_build = of_build("2-b");
    const auto first_one = snapshot(ada, 1, "1");
    const auto second_one = snapshot(ada, 2, "2");
    const auto third_one = snapshot(ada, 3, "3");
    snapshots->save(first_one);
    newer_build->save(second_one);
    EXPECT_EQ(find(*snapshots, {ada}), Snapshots{first_one});
    EXPECT_EQ(find(*newer_build, {ada}), Snapshots{second_one});
    newest_build->save(third_one);
    EXPECT_EQ(find(*snapshots, {ada}), Snapshots{});
    EXPECT_EQ(find(*newer_build, {ada}), Snapshots{second_one});
    EXPECT_EQ(find(*newest_build, {ada}), Snapshots{third_one});
}

}  // namespace contract

#include "domain/kernel/outcome.hpp"
#include "services/worker/local_decider.hpp"
#include "tests/kit/worker_world.hpp"

#include <gtest/gtest.h>

// Of the one key that toys reserve and release: see tests/kit/toy_aggregate.hpp.
namespace services::worker {
namespace {

using namespace kit::worker;
using Ends = std::vector<std::string>;

/// What each command of the world came to: "applied", or a code of rejection.
Ends ends(World& world) {
    Ends all;
    for (int k = 1; k <= world.accepted; ++k) {
        const auto command = world.commands.find("c" + std::to_string(k)).value();
        const auto events = world.events.read_command(command.position);
        const bool taken = !events.empty() && events[0].type == domain::outcome_rejected &&
                           events[0].data.find(R"("code":"taken")") != std::string::npos;
        const bool applied = !events.empty() && events[0].stream.category == "toy";
        all.emplace_back(taken ? "taken" : applied ? "applied" : "nothing");
    }
    return all;
}

void send_all(World& world, const std::vector<std::pair<std::string, std::string>>& commands) {
    for (const auto& [name, entity] : commands) world.send(name, entity);
}

TEST(Reserving, GoesInTheOrderOfTheLogWithinABatch) {
    World world;
    Member member(world);
    ASSERT_EQ(domain::partition_of("x", partitions), domain::partition_of("x1", partitions));
    send_all(
        world,
        {{"reserve", "x"},
         {"reserve", "x1"},
         {"add", "x1"},
         {"release", "x"},
         {"reserve", "x1"},
         {"release", "x"},
         {"reserve", "x"}}
    );
    member.run(world);
    EXPECT_EQ(
        ends(world), (Ends{"applied", "taken", "applied", "applied", "applied", "applied", "taken"})
    );
    world.expect_answered_once();
    EXPECT_EQ(member.failures, 0);
}

TEST(Reserving, IsRefusedByWhatTheStoreHolds) {
    World world;
    Member member(world);
    world.send("reserve", "x");
    member.run(world);
    for (const char* entity : {"a", "b", "c", "d"})
        send_all(world, {{"reserve", entity}, {"add", entity}});
    member.run(world);
    Ends expected{"applied"};
    for (int i = 0; i < 4; ++i) expected.insert(expected.end(), {"taken", "applied"});
    EXPECT_EQ(ends(world), expected);
    world.expect_answered_once();
    EXPECT_EQ(member.failures, 0);
}

TEST(Reserving, IsExactOverWorkers) {
    World world;
    Member first(world);
    first.run(world);
    Member second(world);
    for (int i = 0; i < 3; ++i) first.run(world), second.run(world);
    for (int i = 0; i < 20; ++i)
        world.send(i % 5 == 4 ? "release" : "reserve", "e" + std::to_string(i % 8));
    for (int i = 0; i < 40; ++i) first.worker.step(), second.worker.step();
    first.run(world);
    second.run(world);
    world.expect_answered_once();
    std::string holder;
    for (const auto& event : world.history()) {
        if (event.stream.category != "toy") continue;
        const auto name = world.commands.find(event.command_id).value().command.name;
        if (name == "release" && event.stream.entity == holder) holder.clear();
        if (name != "reserve") continue;
        EXPECT_TRUE(holder.empty() || holder == event.stream.entity) << event.position.value;
        holder = event.stream.entity;
    }
}

TEST(Reserving, GoesOnWhereAPartitionIsTriedApart) {
    World world;
    Member member(world);
    for (const auto& commands : std::vector<std::vector<std::pair<std::string, std::string>>>{
             {{"reserve", "x"}},
             {{"abort", "d"}, {"reserve", "d"}, {"add", "d"}},
             {{"release", "x"}},
             {{"reserve", "d"}}}) {
        send_all(world, commands);
        member.run(world);
    }
    EXPECT_EQ(ends(world), (Ends{"applied", "nothing", "taken", "applied", "applied", "applied"}));
    world.expect_answered_once();
}

TEST(Reserving, OutlivesACommitWhoseAcknowledgementWasLost) {
    World world;
    Member member(world);
    world.send("reserve", "x");
    member.run(world);
    send_all(world, {{"release", "x"}, {"reserve", "x1"}});
    member.worker.step();
    world.store.forget_acknowledgements(1);
    member.run(world);
    world.send("reserve", "x");
    member.run(world);
    EXPECT_EQ(ends(world), (Ends{"applied", "applied", "applied", "taken"}));
    world.expect_answered_once();
}

TEST(Reserving, CostsNoStateThatWasInMemoryBefore) {
    const World world;
    LocalDecider decider(world.aggregates, {});
    domain::StoredCommand add{{1}, {}};
    add.command.stream = {"toy", "x"};
    add.command.name = "add";
    const auto version_before = [&] {
        return std::get<domain::Verdicts>(decider.wait({})).at(0).before.value;
    };
    decider.begin({&add, 1}, {}, {});
    ASSERT_TRUE(std::holds_alternative<domain::Wanted>(decider.wait({})));
    decider.give({}, true);
    EXPECT_EQ(version_before(), 0);
    for (int i = 0; i < 3; ++i) {
        decider.begin({&add, 1}, {}, {});
        EXPECT_EQ(version_before(), 1) << "what was stored is known, what was undone is not";
        decider.undo();
    }
}

}  // namespace
}  // namespace services::worker

#include "domain/kernel/outcome.hpp"
#include "tests/kit/worker_world.hpp"

#include <gtest/gtest.h>

namespace services::worker {
namespace {

using namespace kit::worker;

/// What the k-th command of the world came to: the code of its failure, or its first event's type.
std::string end_of(World& world, int k) {
    const auto command = world.commands.find("c" + std::to_string(k)).value();
    for (const auto& event : world.events.read_command(command.position)) {
        if (event.type != domain::outcome_failed) return event.type;
        const auto from = event.data.find("\"code\":\"") + 8;
        return event.data.substr(from, event.data.find('"', from) - from);
    }
    return "nothing";
}

/// A stream whose one event has this type.
void spoil(World& world, const std::string& entity, const std::string& type) {
    domain::EventEnvelope broken;
    broken.stream = {"toy", entity};
    broken.version = {1};
    broken.type = type;
    broken.data = "{}";
    broken.command_id = "from-before";
    broken.issuer.subject = "ada";
    domain::NewCommand cause;
    cause.command.id = broken.command_id;
    cause.command.stream = broken.stream;
    cause.command.issuer = broken.issuer;
    broken.command_position = world.commands.append({&cause, 1})[0].position;
    infra::memory::MemoryPartitionClaims claims(world.store);
    const domain::CommandPartition partition{"toy", domain::partition_of(entity, partitions)};
    const auto claim = claims.claim({&partition, 1}, {})[0];
    ASSERT_TRUE(std::holds_alternative<domain::Appended>(world.events.append(
        {{{partition, claim.epoch, claim.done, broken.command_position}}, {broken}}
    )));
}

TEST(Quarantine, AHistoryThatCannotBeReadFailsItsCommandsOnly) {
    for (const char* type : {"broken", "broken-int", "deadly"}) {
        World world;
        spoil(world, "x", type);
        Member member(world);
        for (int i = 0; i < 2; ++i) {
            world.send("add", "x");
            world.send("add", "y");
            member.run(world);
        }
        for (const int k : {1, 3}) EXPECT_EQ(end_of(world, k), "unreadable-history") << type;
        for (const int k : {2, 4}) EXPECT_EQ(end_of(world, k), "added") << type;
        world.expect_answered_once();
    }
}

TEST(Quarantine, WhatTakesADeciderDownIsTriedAsOftenAsItMayAndItsNeighboursGoOnInOrder) {
    for (const char* name : {"abort", "loop"}) {
        World world;
        Member member(world);
        for (const char* each : {"add", name, "add", name, "add-two"}) world.send(each, "x");
        for (int i = 0; i < 5; ++i) world.send("add", "other" + std::to_string(i));
        member.run(world);
        world.expect_answered_once();
        const std::string code = std::string(name) == "loop" ? "timed-out" : "crashed";
        EXPECT_EQ(end_of(world, 2), code);
        EXPECT_EQ(end_of(world, 4), code);
        const auto history = world.history();
        const auto last = std::ranges::find(history, 5, [](const auto& event) {
            return event.command_position.value;
        });
        EXPECT_EQ(last->version.value, 3) << "what was behind it came after it";
    }
}

TEST(Quarantine, WhatMakesADeciderTalkNonsenseIsFoundAmongItsNeighbours) {
    World world;
    Member member(world);
    for (const char* each : {"add", "babble", "add"}) world.send(each, "x");
    for (int i = 0; i < 5; ++i) world.send("add", "other" + std::to_string(i));
    member.run(world);
    world.expect_answered_once();
    EXPECT_EQ(end_of(world, 2), "crashed");
    for (const int k : {1, 3, 4, 5, 6, 7, 8}) EXPECT_EQ(end_of(world, k), "added") << k;
}

TEST(Quarantine, OthersDoNotWaitForWhatIsTriedApart) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.send("loop", "x");
    const auto apart = domain::partition_of("x", partitions);
    std::string other = "y";
    while (domain::partition_of(other, partitions) == apart) other += 'y';
    world.send("add", other);
    member.worker.step();  // time stands still, so the one that loops does not end
    world.send("add", other);
    member.worker.step();
    EXPECT_EQ(end_of(world, 2), "nothing");
    EXPECT_EQ(end_of(world, 3), "added");
    EXPECT_EQ(end_of(world, 4), "added");
    member.run(world);
    EXPECT_EQ(end_of(world, 2), "timed-out");
}

TEST(Quarantine, WhatWorksAtTheSecondTryHasNotFailed) {
    World world;
    Member member(world);
    world.send("die-once", "x");
    member.run(world);
    EXPECT_EQ(end_of(world, 1), "added");
    EXPECT_TRUE(member.attempts.open().empty());
}

TEST(Quarantine, TriesAreCountedOverRestartsAndTheNextWorkerRisksNothing) {
    World world;
    const auto bad = world.accept("abort", "x");
    infra::memory::MemoryCommandAttempts attempts(world.store);
    for (int i = 0; i < 2; ++i) attempts.add(bad, {"crashed", "by another"});
    world.relay(bad);
    world.send("add", "y");
    Member member(world);
    member.run(world);
    EXPECT_EQ(end_of(world, 1), "crashed");
    EXPECT_EQ(end_of(world, 2), "added");
    EXPECT_EQ(member.deciders.taken, 2) << "the last try took one down, and no other was";
}

TEST(Quarantine, APartitionThatWasApartGoesOnWithTheOthersAsTheStoreHasIt) {
    World world;
    Member member(world);
    world.send("add", "x");
    world.send("abort", "x");
    world.send("add", "x");
    member.run(world);
    world.clock.advance(1min);
    member.run(world);
    for (int i = 0; i < 2; ++i) {
        const int taken = member.deciders.taken;
        world.send("add", "x");
        member.run(world);
        EXPECT_EQ(member.deciders.taken, taken + (i == 0)) << "the common one, once";
    }
    EXPECT_EQ(world.history().back().version.value, 4);
    world.expect_answered_once();
}

TEST(Quarantine, WhatAnOperatorWantsSkippedIsNotTried) {
    World world;
    Member member(world);
    world.send("loop", "x");
    const auto waiting = world.accept("add", "x");
    world.relay(waiting);
    for (int i = 0; i < 3; ++i) member.worker.step();
    infra::memory::MemoryCommandAttempts operators(world.store);
    EXPECT_EQ(operators.skip("c1"), domain::CommandAttempts::Skipped::marked);
    EXPECT_EQ(operators.skip("c2"), domain::CommandAttempts::Skipped::marked);
    member.run(world);
    EXPECT_EQ(end_of(world, 1), "skipped");
    EXPECT_EQ(end_of(world, 2), "skipped");
    EXPECT_EQ(operators.skip("c1"), domain::CommandAttempts::Skipped::answered);
    world.expect_answered_once();
}

/// Commands that a relay has passed over, to one entity of these categories.
void pass_over(World& world, std::initializer_list<std::string> categories) {
    for (const auto& category : categories) {
        domain::NewCommand added;
        added.command.id = "c" + std::to_string(++world.accepted);
        added.command.stream = {category, "x"};
        added.command.name = "add";
        added.command.data = "{}";
        added.command.issuer.subject = "ada";
        world.sent[{topics.commands(category), domain::partition_of("x", partitions)}] =
            world.commands.append({&added, 1}).front().position;
    }
    world.checkpoint();
}

TEST(Strays, AreFailedWhateverTheirCategoryIs) {
    World world;
    Member member(world);
    pass_over(world, {"", "no topic!", "$command", std::string(300, 'x')});
    member.run(world);  // has its partitions, and sees them
    world.clock.advance(10s);
    member.run(world);
    for (const int k : {1, 2, 3, 4}) EXPECT_EQ(end_of(world, k), "no-such-aggregate") << k;
    world.expect_answered_once();
}

TEST(Strays, AreFailedWhenNoBuildKnowsThemAndOnlyAfterAWhile) {
    World world;
    Member member(world);
    world.send("add", "x");
    pass_over(world, {"gone", "gone", "gone"});
    member.worker.step();
    world.clock.advance(2s);
    member.worker.step();
    EXPECT_EQ(end_of(world, 2), "nothing") << "a newer build may be about to start";
    world.clock.advance(10s);
    member.run(world);
    for (const int k : {2, 3, 4}) EXPECT_EQ(end_of(world, k), "no-such-aggregate");
    world.expect_answered_once();
}

}  // namespace
}  // namespace services::worker

#include "domain/kernel/outcome.hpp"
#include "services/worker/decision.hpp"
#include "tests/kit/worker_world.hpp"

#include <gtest/gtest.h>

namespace services::worker {
namespace {

using namespace kit::worker;

TEST(Worker, AnswersEveryCommandInTheOrderOfItsStream) {
    World world;
    Member member(world);
    for (int i = 0; i < 20; ++i)
        world.send(i % 3 == 0 ? "nothing" : "add-two", "abc" + std::to_string(i % 4));
    world.send("refuse", "abc0");
    member.run(world);
    world.expect_answered_once();
}

TEST(Worker, OneThatThrowsFailsAndItsNeighboursGoOn) {
    World world;
    Member member(world);
    world.send("add", "x");
    world.send("throw", "x");
    world.send("add", "x");
    member.run(world);
    world.expect_answered_once();
    const auto history = world.history();
    ASSERT_EQ(history.size(), 3U);
    EXPECT_EQ(history[1].type, domain::outcome_failed);
    EXPECT_EQ(history[2].version.value, 2);
}

TEST(Worker, OneThatComesToTooMuchFailsAndLeavesNothing) {
    World world;
    Member member(world);
    for (const char* each : {"add", "flood", "shout", "add"}) world.send(each, "x");
    member.run(world);
    world.expect_answered_once();
    const auto answered = [&](const char* id) {
        return world.events.read_command(world.commands.find(id).value().position);
    };
    for (const auto& [id, code] :
         {std::pair("c2", "too-many-events"), std::pair("c3", "too-many-hearers")}) {
        ASSERT_EQ(answered(id).size(), 1u);
        EXPECT_NE(answered(id)[0].data.find(code), std::string::npos) << answered(id)[0].data;
    }
    EXPECT_EQ(answered("c4").at(0).version.value, 2);
}

TEST(Worker, ReadsFromTheStoreWhatKafkaLost) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.relay(world.accept("add", "x"), true);
    world.relay(world.accept("add-two", "x"), true);
    world.send("add", "x");
    member.run(world);
    world.expect_answered_once();
}

TEST(Worker, NoticesThatTheLastRecordNeverCame) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.relay(world.accept("add", "x"), true);
    world.checkpoint();
    member.run(world);
    world.expect_answered_once();
}

TEST(Worker, DropsRecordsThatComeTwice) {
    World world;
    Member member(world);
    const auto first = world.accept("add", "x");
    world.relay(first);
    member.run(world);
    world.sent.clear();
    world.relay(first);
    world.send("add", "x");
    member.run(world);
    world.expect_answered_once();
    EXPECT_EQ(world.history().size(), 2U);
}

TEST(Worker, LeavesOutWhatOnlyALostLifeOfTheLogKnew) {
    for (const bool owned_before : {true, false}) {
        World world;
        world.store.raise_incarnation();
        Member member(world);
        if (owned_before) member.run(world);
        domain::StoredCommand lost{{5}, {}};
        lost.command.id = "lost";
        lost.command.stream = {"toy", "x"};
        lost.command.name = "add";
        world.relay(lost);
        member.run(world);
        EXPECT_TRUE(world.history().empty());

        world.relay(world.accept("add", "x"), true);  // its position was handed out once before
        world.sent[{topics.commands("toy"), domain::partition_of("x", partitions)}] = {1};
        world.checkpoint();
        member.run(world);
        world.expect_answered_once();
    }
}

TEST(Worker, ClaimsAnewWhenTheLogBeginsAnotherLife) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.store.raise_incarnation();
    member.run(world);
    EXPECT_EQ(member.failures, 1);
    world.relay(world.accept("add", "x"), true);
    world.checkpoint();
    member.run(world);
    world.expect_answered_once();
}

TEST(Worker, AForgedCommandHasNoEffectAndTheRealOneOfItsPlaceIsCarriedOut) {
    for (const std::int64_t above :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{1'000'000'000'000'000}}) {
        World world;
        Member member(world);
        world.send("add", "x");
        member.run(world);
        domain::StoredCommand forged{{2 + above}, {}};
        forged.command.id = "forged";
        forged.command.stream = {"toy", "x"};
        forged.command.name = "add-two";
        forged.command.issuer.subject = "bob";
        domain::Record record = domain::command_record(forged.command);
        record.target = {topics.commands("toy"), domain::partition_of("x", partitions)};
        domain::add_link(record, {1, forged.position, {0}});
        world.broker.store({&record, 1});
        member.run(world);
        EXPECT_EQ(world.history().size(), 1U);
        EXPECT_EQ(member.failures, 0);
        world.send("add", "x");
        member.run(world);
        world.expect_answered_once();
        EXPECT_EQ(world.history().size(), 2U);
    }
}

TEST(Worker, AnotherGoesOnWhereAKilledOneStood) {
    World world;
    {
        Member killed(world);
        for (int i = 0; i < 5; ++i) world.send("add", "x");
        killed.run(world);
    }
    for (int i = 0; i < 5; ++i) world.send("add", "x");
    Member second(world);
    second.run(world);
    world.expect_answered_once();
    EXPECT_EQ(world.history().back().version.value, 10);
}

TEST(Worker, SurvivesACommitWhoseAcknowledgementWasLost) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.send("add", "x");
    member.worker.step();  // joined and claimed: the next write is the append
    world.send("add-two", "x");
    world.store.forget_acknowledgements(1);
    member.run(world);
    EXPECT_EQ(member.failures, 1);
    world.send("add", "x");
    member.run(world);
    world.expect_answered_once();
}

TEST(Worker, WaitsForAStoreThatIsAway) {
    World world;
    Member member(world);
    world.send("add", "x");
    member.run(world);
    world.send("add", "x");
    world.store.fail_next(5);
    member.run(world);
    EXPECT_EQ(member.failures, 5);
    world.expect_answered_once();
}

TEST(Worker, OneThatLostItsPartitionsUnknowinglyCannotWrite) {
    World world;
    Member first(world);
    world.send("add", "x");
    first.run(world);

    // Another claims what the first one still believes to own, and answers a command.
    infra::memory::MemoryPartitionClaims claims(world.store);
    const domain::CommandPartition partition{"toy", domain::partition_of("x", partitions)};
    const auto claim = claims.claim({&partition, 1}, {})[0];
    const auto command = world.accept("add", "x");
    const domain::Verdict added{{1}, std::vector<domain::NewEvent>{{"added", "{}"}}};
    ASSERT_TRUE(std::holds_alternative<domain::Appended>(world.events.append(
        {{{partition, claim.epoch, claim.done, command.position}}, answer(command, added, {})}
    )));

    world.relay(command);
    world.send("add", "x");
    first.run(world);
    world.expect_answered_once();
    EXPECT_EQ(world.history().back().version.value, 3);
}

TEST(Worker, TwoShareThePartitions) {
    World world;
    Member first(world);
    first.run(world);
    Member second(world);
    for (int i = 0; i < 40; ++i) {
        world.send("add", "e" + std::to_string(i % 8));
        first.run(world);
        second.run(world);
    }
    world.expect_answered_once();
}

TEST(Worker, RebuildsStatesThatDoNotFitIntoItsCacheOrAPage) {
    World world;
    WorkerSettings small;
    small.states_max = 1;
    small.page_max = 2;
    Member member(world, small);
    for (int i = 0; i < 30; ++i) {
        world.send("add", "e" + std::to_string(i % 5));
        member.run(world);
    }
    world.expect_answered_once();
}

}  // namespace
}  // namespace services::worker

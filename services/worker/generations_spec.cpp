#include "infra/memory/memory_generations.hpp"
#include "tests/kit/worker_world.hpp"

namespace services::worker {
namespace {

using namespace kit::worker;

constexpr std::int32_t more = 5;

/// A worker, an operator who changes the number of partitions, and a hand that relays in either
/// generation.
struct WorkerOfGenerations : testing::Test {
    WorkerOfGenerations() { generations.fix(partitions); }

    void begin(std::int32_t count) {
        const auto present = generations.present();
        ASSERT_EQ(
            generations.begin({present.number, count, topics.commands(""), 1'000}),
            domain::Generations::Begun::begun
        );
        const std::vector<domain::TopicSpec> specs{{topics.commands("toy"), count}};
        world.broker.ensure_topics(specs);
        last.clear();
    }

    /// As a relay of the present generation that leads from the head at its beginning.
    void relay(const domain::StoredCommand& command) {
        const domain::Generation now = generations.present();
        domain::Record record = domain::command_record(command.command);
        record.key = command.command.stream.entity;
        record.target = {topics.commands("toy"), domain::partition_of(record.key, now.partitions)};
        auto& predecessor = last.try_emplace(record.target, now.begun).first->second;
        domain::add_link(record, {1, command.position, predecessor, now.number});
        predecessor = command.position;
        world.signer.sign(record);
        world.broker.store({&record, 1});
    }

    void send(int count) {
        for (int i = 0; i < count; ++i) relay(world.accept("add", "e" + std::to_string(i)));
    }

    std::size_t answers() {
        return static_cast<std::size_t>(
            std::ranges::count(world.history(), true, &domain::EventEnvelope::last)
        );
    }

    World world;
    infra::memory::MemoryGenerations generations{world.store};
    Member member{world};
    std::map<domain::TopicPartition, domain::Position> last;
};

TEST_F(WorkerOfGenerations, FollowsTheStoreAndDoesWhatIsLeftOnce) {
    send(10);
    member.run(world);
    for (int i = 0; i < 10; ++i) world.accept("add", "e" + std::to_string(i));
    begin(more);
    member.run(world);
    world.expect_answered_once();
    for (const auto& claim : member.claims.all())
        EXPECT_EQ(claim.done, generations.present().begun) << "also where nothing was left";
    send(10);
    member.run(world);
    begin(partitions);
    send(10);
    member.run(world);
    world.expect_answered_once();
    EXPECT_TRUE(member.worker.owns_all());
}

TEST_F(WorkerOfGenerations, HearsOfANewOneByItsRecords) {
    member.run(world);
    begin(more);
    const auto command = world.accept("add", "x");
    relay(command);
    member.worker.step();
    EXPECT_EQ(answers(), 1U) << "no look is waited for";
}

TEST_F(WorkerOfGenerations, BelievesNoRecordOfAnotherOneAboutAPartition) {
    send(4);
    member.run(world);
    begin(more);
    member.run(world);
    // Of the first generation: that nothing lies between is true of its partitions only.
    std::vector<domain::StoredCommand> unsent;
    for (int i = 0; i < 20; ++i) unsent.push_back(world.accept("add", "e" + std::to_string(i)));
    domain::Record old = domain::command_record(unsent.back().command);
    old.key = unsent.back().command.stream.entity;
    old.target = {topics.commands("toy"), domain::partition_of(old.key, more)};
    domain::add_link(old, {1, unsent.back().position, {4}});
    world.signer.sign(old);
    world.broker.store({&old, 1});
    member.run(world);
    EXPECT_EQ(answers(), 4U);
    for (const auto& command : unsent) relay(command);
    member.run(world);
    world.expect_answered_once();
}

/// What was sent and perhaps done before comes once more, since the relay had not noted it yet.
TEST_F(WorkerOfGenerations, AsksTheStoreWhatOfTheOneBeforeIsDone) {
    for (int i = 0; i < 8; ++i) {
        const auto command = world.accept("add", "e" + std::to_string(i));
        if (i % 2 == 0) relay(command);
    }
    member.run(world);
    begin(more);
    for (const auto& command : world.commands.read({}, 100)) relay(command);
    member.run(world);
    world.expect_answered_once();
}

TEST_F(WorkerOfGenerations, TakesTheNumberOfTheStoreForItsOwn) {
    World other;
    infra::memory::MemoryGenerations(other.store).fix(1);
    Member wrong(other);
    const auto command = other.accept("add", "x");
    domain::Record record = domain::command_record(command.command);
    record.key = "x";
    record.target = {topics.commands("toy"), 0};
    domain::add_link(record, {1, command.position, {}});
    other.signer.sign(record);
    other.broker.store({&record, 1});
    wrong.run(other);
    other.expect_answered_once();
}

TEST_F(WorkerOfGenerations, WhatIsApartIsNotWhenTheNextBegins) {
    send(2);
    member.run(world);
    relay(world.accept("abort", "e0"));
    for (int i = 0; i < 3; ++i) member.worker.step();
    begin(more);
    send(5);
    member.run(world);
    world.expect_answered_once();
}

}  // namespace
}  // namespace services::worker

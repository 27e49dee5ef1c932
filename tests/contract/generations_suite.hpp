#pragma once

#include "domain/kernel/topics.hpp"
#include "tests/contract/store_world.hpp"

#include <map>
#include <set>

namespace contract {

/// The number of partitions is changed while some commands are done, some are not, and some have
/// not been sent.
class GenerationsSuite : public StoreSuite {
  protected:
    static constexpr std::chrono::milliseconds ttl = std::chrono::minutes(10);
    const domain::Topics topics{"test"};
    const std::string toys = topics.commands("toy");
    std::unique_ptr<domain::Generations> generations = world->make_generations();
    std::unique_ptr<domain::CommandLog> commands = world->make_command_log();
    std::unique_ptr<domain::EventLog> events = world->make_event_log();
    std::unique_ptr<domain::PartitionClaims> claims = world->make_partition_claims();
    std::unique_ptr<domain::RelayLeases> leases = world->make_relay_leases();
    int accepted = 0;

    GenerationsSuite() { EXPECT_EQ(world->fix_partitions(2), 2); }

    static std::string uuid(int number) {
        const std::string digits = std::to_string(number);
        return "00000000-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
    }

    /// An entity that falls into this partition of so many.
    static std::string entity_in(std::int32_t partition, std::int32_t of, int after = -1) {
        int number = after + 1;
        while (domain::partition_of(std::to_string(number), of) != partition) ++number;
        return std::to_string(number);
    }

    domain::StoredCommand accept(const std::string& entity, const std::string& category = "toy") {
        domain::NewCommand asked;
        domain::CommandEnvelope& command = asked.command;
        command.id = uuid(++accepted);
        command.stream = {category, entity};
        command.name = "add";
        command.data = "{}";
        command.issuer = {"ada", "{}", {}};
        command.correlation_id = "c";
        return {commands->append({&asked, 1}).at(0).position, command};
    }

    domain::Claim claim(std::int32_t partition, const std::string& category = "toy") {
        const domain::CommandPartition wanted{category, partition};
        return claims->claim({&wanted, 1}, generations->present()).at(0);
    }

    static domain::EventEnvelope answer(const domain::StoredCommand& command) {
        domain::EventEnvelope event;
        event.stream = {"$command", command.command.id};
        event.version = {1};
        event.type = "unchanged";
        event.data = "{}";
        event.command_id = command.command.id;
        event.command_position = command.position;
        event.last = true;
        return event;
    }

    domain::AppendResult
    answer(const domain::Claim& owner, const std::vector<domain::StoredCommand>& done) {
        domain::EventBatch batch;
        batch.moves.push_back({owner.partition, owner.epoch, owner.done, done.back().position});
        for (const auto& command : done) batch.events.push_back(answer(command));
        return events->append(batch);
    }

    bool answered(const domain::Claim& owner, const std::vector<domain::StoredCommand>& done) {
        return std::holds_alternative<domain::Appended>(answer(owner, done));
    }

    domain::Epoch sent(std::int64_t up_to, const std::map<std::int32_t, std::int64_t>& last) {
        const auto epoch = leases->acquire(domain::Log::commands, "relay", ttl);
        domain::RelayCheckpoint checkpoint{{up_to}, "cluster", {}};
        for (const auto& [partition, position] : last)
            checkpoint.marks.push_back({{toys, partition}, {position}, 7});
        EXPECT_TRUE(leases->save(domain::Log::commands, epoch.value(), checkpoint));
        return epoch.value();
    }

    domain::Generations::Begun begin(std::int32_t partitions, std::int64_t reach_max = 1'000) {
        return generations->begin(
            {generations->present().number, partitions, topics.commands(""), reach_max}
        );
    }

    std::vector<std::int64_t> left(std::int32_t partition) {
        const domain::Generation now = generations->present();
        const domain::Claim owner = claim(partition);
        std::vector<std::int64_t> positions;
        for (const auto& command : commands->read_range(
                 {"toy", partition, now.partitions, owner.done, commands->head(), now.begun}, 100
             ))
            positions.push_back(command.position.value);
        return positions;
    }

    using Begun = domain::Generations::Begun;
};

TEST_P(GenerationsSuite, TellsWhoClaimedLast) {
    claim(0);
    EXPECT_EQ(claims->all().at(0).holder, "");
    const std::vector<domain::CommandPartition> both{{"toy", 0}, {"toy", 1}};
    const auto present = generations->present();
    const auto ada = world->make_partition_claims("ada")->claim(both, present);
    EXPECT_EQ(ada.at(0).holder, "ada");
    world->make_partition_claims("bob")->claim({&both[1], 1}, present);
    const auto all = claims->all();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].holder, "ada");
    EXPECT_EQ(all[1].holder, "bob");
}

TEST_P(GenerationsSuite, TheFirstOneIsFixedByTheFirstProcess) {
    EXPECT_EQ(generations->present(), (domain::Generation{1, 2, {}}));
    EXPECT_EQ(world->fix_partitions(5), 2);
    EXPECT_EQ(leases->load(domain::Log::events).generation, generations->present());
}

TEST_P(GenerationsSuite, ANewOneFollowsTheOneThatWasMeant) {
    accept("1");
    EXPECT_EQ(generations->begin({2, 4, topics.commands(""), 1'000}), Begun::another);
    EXPECT_EQ(begin(4), Begun::begun);
    EXPECT_EQ(generations->present(), (domain::Generation{2, 4, {1}}));
    EXPECT_EQ(generations->begin({1, 8, topics.commands(""), 1'000}), Begun::another);
    EXPECT_EQ(generations->present().partitions, 4);
    EXPECT_EQ(begin(2), Begun::begun);
    EXPECT_EQ(generations->present(), (domain::Generation{3, 2, {1}}));
}

/// Everything of the two partitions, wherever it stands now, once and in order.
TEST_P(GenerationsSuite, WhatIsLeftIsLeftToItsNewOwners) {
    const std::string zero = entity_in(0, 2);
    const std::string one = entity_in(1, 2);
    const std::string other_zero = entity_in(0, 2, std::stoi(zero));
    std::vector<domain::StoredCommand> all;
    for (const auto& entity : {zero, one, other_zero, zero, one, other_zero})
        all.push_back(accept(entity));
    const domain::Claim first = claim(0);
    claim(1);
    sent(5, {{0, 4}, {1, 5}});
    ASSERT_TRUE(answered(first, {all[0], all[2]}));  // 1 and 3; left are 2, 4, 5, 6

    ASSERT_EQ(begin(3), Begun::begun);
    std::multiset<std::int64_t> left_over;
    for (std::int32_t partition = 0; partition < 3; ++partition) {
        const auto positions = left(partition);
        EXPECT_TRUE(std::ranges::is_sorted(positions));
        left_over.insert(positions.begin(), positions.end());
        for (const auto position : positions) {
            const auto& entity = all[static_cast<std::size_t>(position - 1)].command.stream.entity;
            EXPECT_EQ(domain::partition_of(entity, 3), partition);
        }
    }
    EXPECT_EQ(left_over, (std::multiset<std::int64_t>{2, 4, 5, 6}));
}

TEST_P(GenerationsSuite, AnOwnerOfBeforeCanWriteNoMore) {
    const auto command = accept(entity_in(0, 2));
    const domain::Claim owner = claim(0);
    ASSERT_EQ(begin(4), Begun::begun);
    EXPECT_TRUE(std::holds_alternative<domain::Fenced>(answer(owner, {command})));
    ASSERT_EQ(begin(2), Begun::begun);
    EXPECT_TRUE(std::holds_alternative<domain::Fenced>(answer(owner, {command})));
}

TEST_P(GenerationsSuite, AnOwnerOfAPartitionThatWasTakenAwayDoesNotComeBackWithIt) {
    ASSERT_EQ(begin(4), Begun::begun);
    const std::string entity = entity_in(3, 4);
    const auto command = accept(entity);
    const domain::Claim owner = claim(3);
    ASSERT_EQ(begin(2), Begun::begun);
    ASSERT_EQ(begin(4), Begun::begun);
    EXPECT_TRUE(std::holds_alternative<domain::Fenced>(answer(owner, {command})));
    EXPECT_EQ(left(3), std::vector{command.position.value});
}

TEST_P(GenerationsSuite, NobodyClaimsInAnotherGeneration) {
    const domain::CommandPartition wanted{"toy", 0};
    const domain::Generation before = generations->present();
    ASSERT_EQ(begin(4), Begun::begun);
    EXPECT_TRUE(claims->claim({&wanted, 1}, before).empty());
    domain::Generation like_it = generations->present();
    like_it.begun = {77};
    EXPECT_TRUE(claims->claim({&wanted, 1}, like_it).empty()) << "of another life of the store";
    EXPECT_EQ(claims->claim({&wanted, 1}, generations->present()).size(), 1U);
}

TEST_P(GenerationsSuite, PartitionsThatAreNoMoreAreNotToldOf) {
    for (const std::int32_t partition : {0, 1}) claim(partition);
    ASSERT_EQ(begin(1), Begun::begun);
    ASSERT_EQ(claims->all().size(), 1U);
    EXPECT_EQ(claims->all()[0].partition, (domain::CommandPartition{"toy", 0}));
}

TEST_P(GenerationsSuite, ARelayOfBeforeIsDeposedAndItsMarksAreGone) {
    const auto command = accept(entity_in(1, 2));
    accept(entity_in(0, 2));
    claim(0);
    const domain::Claim owner = claim(1);
    ASSERT_TRUE(answered(owner, {command}));
    const domain::Epoch relay = sent(2, {{0, 2}, {1, 1}});
    const auto other = leases->acquire(domain::Log::events, "relay", ttl);
    const domain::RelayCheckpoint replies{{1}, "cluster", {{{"test.replies", 1}, {1}, 3}}};
    ASSERT_TRUE(leases->save(domain::Log::events, other.value(), replies));
    ASSERT_EQ(begin(3), Begun::begun);

    EXPECT_FALSE(leases->renew(domain::Log::commands, relay, ttl));
    EXPECT_FALSE(leases->save(domain::Log::commands, relay, {{2}, "cluster", {}}));
    EXPECT_FALSE(leases->save(domain::Log::events, *other, replies));
    const auto there = domain::partition_of(entity_in(0, 2), 3);
    const domain::Generation now = generations->present();
    EXPECT_EQ(
        leases->load(domain::Log::commands),
        (domain::RelayCheckpoint{{2}, "cluster", {{{toys, there}, {2}, -1}}, now})
    ) << "what is left to do counts as sent";
    EXPECT_EQ(
        leases->load(domain::Log::events), (domain::RelayCheckpoint{{1}, "cluster", {}, now})
    );
    EXPECT_TRUE(leases->acquire(domain::Log::commands, "another", ttl)) << "at once";
}

TEST_P(GenerationsSuite, TheWorkersMustNotBeTooFarBehind) {
    for (int i = 0; i < 5; ++i) accept(entity_in(0, 2));
    claim(0);
    const domain::Generation before = generations->present();
    EXPECT_EQ(begin(4, 4), Begun::behind);
    EXPECT_EQ(generations->present(), before);
    EXPECT_EQ(begin(4, 5), Begun::begun);
}

TEST_P(GenerationsSuite, OneThatIsDoneLongAgoHoldsNothingUp) {
    const auto early = accept(entity_in(1, 2));
    ASSERT_TRUE(answered(claim(1), {early}));
    std::vector<domain::StoredCommand> late;
    for (int i = 0; i < 5; ++i) late.push_back(accept(entity_in(0, 2)));
    ASSERT_TRUE(answered(claim(0), late));
    sent(6, {{0, 6}, {1, 1}});
    EXPECT_EQ(begin(4, 0), Begun::begun);
    for (const domain::Claim& claim : claims->all()) EXPECT_EQ(claim.done, domain::Position{6});
}

TEST_P(GenerationsSuite, CommandsThatNobodyKnowsYetAreNotLost) {
    const auto stray = accept("1", "stray");
    ASSERT_EQ(begin(4), Begun::begun);
    const auto partition = domain::partition_of("1", 4);
    EXPECT_EQ(claim(partition, "stray").done, domain::Position{stray.position.value - 1});
}

TEST_P(GenerationsSuite, AnotherMayBeginWhileSomeIsLeftOfTheOneBefore) {
    std::vector<domain::StoredCommand> all;
    for (int i = 0; i < 12; ++i) all.push_back(accept(std::to_string(i)));
    sent(12, {{0, 12}, {1, 12}});
    std::set<std::int64_t> open;
    for (const auto& command : all) open.insert(command.position.value);
    for (const std::int32_t partitions : {5, 3, 7}) {
        ASSERT_EQ(begin(partitions), Begun::begun);
        std::set<std::int64_t> found;
        for (std::int32_t partition = 0; partition < partitions; ++partition) {
            const auto positions = left(partition);
            found.insert(positions.begin(), positions.end());
            if (positions.empty()) continue;
            const auto first = static_cast<std::size_t>(positions.front());
            ASSERT_TRUE(answered(claim(partition), {all[first - 1]}));
            open.erase(positions.front());
            found.erase(positions.front());
        }
        EXPECT_EQ(found, open) << partitions;
    }
}

}  // namespace contract

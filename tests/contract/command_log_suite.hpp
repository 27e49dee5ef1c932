#pragma once

#include "domain/kernel/topics.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/kit/samples.hpp"

#include <algorithm>
#include <set>
#include <thread>

namespace contract {

using domain::Acceptance;

class CommandLogSuite : public StoreSuite {
  protected:
    std::unique_ptr<domain::CommandLog> log = world->make_command_log();

    /// Appends commands number `first` to `last`.
    std::vector<Acceptance> append(int first, int last) {
        std::vector<domain::NewCommand> batch;
        for (int n = first; n <= last; ++n) batch.push_back(kit::sample_command(n));
        return log->append(batch);
    }

    Acceptance append(const domain::NewCommand& command) {
        return log->append(std::vector{command}).at(0);
    }

    /// Makes the event log one longer: by an event of the first command.
    void store_an_event() {
        auto partition = std::vector{domain::CommandPartition{"account", 0}};
        auto claim = world->make_partition_claims()->claim(partition, {}).at(0);
        domain::EventBatch batch;
        batch.moves = {{claim.partition, claim.epoch, claim.done, claim.done}};
        batch.events = {kit::sample_event(1, "ada's", claim.epoch.value)};
        auto result = world->make_event_log()->append(batch);
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(result));
    }
};

TEST_P(CommandLogSuite, GivesDensePositionsInTheOrderOfTheBatches) {
    std::vector<std::int64_t> positions;
    for (auto [first, last] : {std::pair{1, 1}, {2, 4}, {5, 6}}) {
        for (const auto& acceptance : append(first, last)) {
            EXPECT_EQ(acceptance.kind, Acceptance::Kind::accepted);
            positions.push_back(acceptance.position.value);
        }
    }
    EXPECT_EQ(positions, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6}));
}

TEST_P(CommandLogSuite, KnowsWhereItEnds) {
    EXPECT_EQ(log->head(), domain::Position{0});
    append(1, 3);
    EXPECT_EQ(world->make_command_log()->head(), domain::Position{3});
}

TEST_P(CommandLogSuite, KeepsEveryFieldAsItWas) {
    append(1, 4);
    auto other = world->make_command_log();
    auto stored = other->read({0}, 10);
    ASSERT_EQ(stored.size(), 4u);
    for (int n = 1; n <= 4; ++n) {
        domain::StoredCommand expected{{n}, kit::sample_command(n).command};
        EXPECT_EQ(stored.at(static_cast<std::size_t>(n - 1)), expected);
        EXPECT_EQ(other->find(kit::sample_id(n)), expected);
    }
}

TEST_P(CommandLogSuite, AnswersARepeatAsTheFirst) {
    auto first = append(kit::sample_command(1));
    store_an_event();
    auto repeated = kit::sample_command(1);
    repeated.command.correlation_id = "another";
    repeated.command.time = kit::sample_time(99);
    auto second = append(repeated);
    EXPECT_EQ(second.kind, Acceptance::Kind::repeated);
    EXPECT_EQ(second.position, first.position);
    EXPECT_EQ(second.cursor, first.cursor);
    EXPECT_EQ(second.correlation_id, "correlation-1");
    EXPECT_EQ(first.correlation_id, "correlation-1");
    EXPECT_EQ(log->read({0}, 10).size(), 1u);
}

TEST_P(CommandLogSuite, TellsAnotherRequestUnderTheSameIdApart) {
    append(kit::sample_command(1));
    auto other = kit::sample_command(1);
    other.fingerprint = "another";
    other.command.name = "withdraw";
    EXPECT_EQ(append(other).kind, Acceptance::Kind::mismatched);
    EXPECT_EQ(log->find(kit::sample_id(1))->command.name, "deposit");
    EXPECT_EQ(log->read({0}, 10).size(), 1u);
}

TEST_P(CommandLogSuite, TakesOneIdOnceFromABatch) {
    auto mismatched = kit::sample_command(1);
    mismatched.fingerprint = "another";
    auto answers = log->append(std::vector{
        kit::sample_command(1),
        kit::sample_command(2),
        kit::sample_command(1),
        mismatched,
        kit::sample_command(3),
    });
    ASSERT_EQ(answers.size(), 5u);
    EXPECT_EQ(answers[0].kind, Acceptance::Kind::accepted);
    EXPECT_EQ(answers[1].kind, Acceptance::Kind::accepted);
    EXPECT_EQ(answers[2].kind, Acceptance::Kind::repeated);
    EXPECT_EQ(answers[2].position, answers[0].position);
    EXPECT_EQ(answers[3].kind, Acceptance::Kind::mismatched);
    EXPECT_EQ(answers[4].kind, Acceptance::Kind::accepted);
    EXPECT_EQ(answers[4].position, domain::Position{3});
}

TEST_P(CommandLogSuite, BurnsNoPositionOnRepeats) {
    append(1, 3);
    auto answers = append(2, 5);
    EXPECT_EQ(answers.at(0).kind, Acceptance::Kind::repeated);
    EXPECT_EQ(answers.at(1).kind, Acceptance::Kind::repeated);
    EXPECT_EQ(answers.at(2).position, domain::Position{4});
    EXPECT_EQ(answers.at(3).position, domain::Position{5});
}

TEST_P(CommandLogSuite, AnswersAnEmptyBatchWithNothing) {
    EXPECT_TRUE(log->append(std::vector<domain::NewCommand>{}).empty());
}

TEST_P(CommandLogSuite, GivesTheHeadOfTheEventsBeforeTheCommandAsItsCursor) {
    EXPECT_EQ(append(kit::sample_command(1)).cursor.position, domain::Position{0});
    store_an_event();
    store_an_event();
    EXPECT_EQ(append(kit::sample_command(2)).cursor, world->make_event_log()->head());
    EXPECT_EQ(append(kit::sample_command(3)).cursor.position, domain::Position{2});
}

TEST_P(CommandLogSuite, FindsNothingUnderAnUnknownId) {
    EXPECT_EQ(log->find(kit::sample_id(1)), std::nullopt);
}

TEST_P(CommandLogSuite, FindsACommandForItsUserAlone) {
    auto command = kit::sample_command(1);
    command.command.issuer = {"ada", R"({"roles":["a"]})", "https://login"};
    append(command);
    const domain::StoredCommand expected{{1}, command.command};
    EXPECT_EQ(log->find(kit::sample_id(1), {"ada", "{}", "https://login"}), expected);
    for (const domain::Issuer& other :
         {domain::Issuer{"ada", "{}", ""},
          domain::Issuer{"ada", "{}", "https://other"},
          domain::Issuer{"eve", "{}", "https://login"},
          domain::Issuer{"https://login ada", "{}", ""},
          domain::Issuer{"", "{}", ""}})
        EXPECT_EQ(log->find(kit::sample_id(1), other), std::nullopt) << user_key(other);
    EXPECT_EQ(log->find(kit::sample_id(2), command.command.issuer), std::nullopt);
    EXPECT_EQ(log->find("x' or true", command.command.issuer), std::nullopt);
}

TEST_P(CommandLogSuite, ReadsOnFromAPositionUpToTheLimit) {
    append(1, 5);
    auto stored = log->read({2}, 2);
    ASSERT_EQ(stored.size(), 2u);
    EXPECT_EQ(stored[0].position, domain::Position{3});
    EXPECT_EQ(stored[1].position, domain::Position{4});
    EXPECT_TRUE(log->read({5}, 10).empty());
    EXPECT_TRUE(log->read({0}, 0).empty());
}

TEST_P(CommandLogSuite, ReadsTheCommandsOfOnePartition) {
    constexpr std::int32_t partitions = 3;
    std::vector<domain::NewCommand> batch;
    for (int n = 1; n <= 30; ++n)
        batch.push_back(kit::sample_command(n, "entity-" + std::to_string(n)));
    batch[10].command.stream.category = "invoice";
    log->append(batch);
    auto all = log->read({0}, 100);
    for (std::int32_t partition = 0; partition < partitions; ++partition) {
        std::vector<domain::StoredCommand> expected;
        std::ranges::copy_if(all, std::back_inserter(expected), [&](const auto& stored) {
            const auto& stream = stored.command.stream;
            return stored.position.value > 4 && stored.position.value <= 25 &&
                   stream.category == "account" &&
                   domain::partition_of(stream.entity, partitions) == partition;
        });
        ASSERT_GT(expected.size(), 2u);
        domain::CommandRange range{"account", partition, partitions, {4}, {25}};
        EXPECT_EQ(log->read_range(range, 100), expected);
        expected.resize(2);
        EXPECT_EQ(log->read_range(range, 2), expected);
    }
}

TEST_P(CommandLogSuite, StaysDenseUnderManyWritersThatRepeatThemselves) {
    constexpr int writers = 4, batches = 20, size = 5;
    std::vector<std::unique_ptr<domain::CommandLog>> logs;
    for (int w = 0; w < writers; ++w) logs.push_back(world->make_command_log());
    std::vector<std::thread> threads;
    for (int w = 0; w < writers; ++w) {
        threads.emplace_back([&own = *logs[static_cast<std::size_t>(w)], w] {
            for (int b = 0; b < batches; ++b) {
                std::vector<domain::NewCommand> batch;
                for (int i = 0; i < size; ++i)
                    batch.push_back(kit::sample_command((w * batches + b) * size + i));
                auto first = own.append(batch);
                auto second = own.append(batch);
                for (std::size_t i = 0; i < size; ++i) {
                    EXPECT_EQ(first[i].kind, Acceptance::Kind::accepted);
                    EXPECT_EQ(second[i].kind, Acceptance::Kind::repeated);
                    EXPECT_EQ(second[i].position, first[i].position);
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();

    std::set<std::string> ids;
    auto stored = log->read({0}, 10'000);
    ASSERT_EQ(stored.size(), static_cast<std::size_t>(writers * batches * size));
    for (std::size_t i = 0; i < stored.size(); ++i) {
        EXPECT_EQ(stored[i].position.value, static_cast<std::int64_t>(i + 1));
        EXPECT_TRUE(ids.insert(stored[i].command.id).second);
    }
}

}  // namespace contract

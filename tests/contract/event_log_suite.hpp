#pragma once

#include "domain/kernel/error.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/kit/caused_event_log.hpp"
#include "tests/kit/samples.hpp"

#include <algorithm>
#include <thread>

namespace contract {

using domain::Appended;
using domain::CommandPartition;
using domain::EventEnvelope;
using domain::Fenced;
using domain::Position;
using domain::VersionConflict;

class EventLogSuite : public StoreSuite {
  protected:
    std::unique_ptr<domain::CommandLog> commands = world->make_command_log();
    std::unique_ptr<domain::EventLog> strict = world->make_event_log();
    std::unique_ptr<domain::EventLog> log =
        std::make_unique<kit::CausedEventLog>(*strict, *commands);
    std::unique_ptr<domain::PartitionClaims> claims = world->make_partition_claims();
    const CommandPartition first{"account", 0};
    const CommandPartition second{"account", 1};

    domain::Claim claim(const CommandPartition& partition) {
        return claims->claim(std::vector{partition}, {}).at(0);
    }

    /// The progress of one command more than `owned` says is done.
    static domain::ProgressMove one_more(const domain::Claim& owned) {
        return {owned.partition, owned.epoch, owned.done, {owned.done.value + 1}};
    }

    /// Appends under a new claim of `first`.
    domain::AppendResult append(std::vector<EventEnvelope> events) {
        return log->append({{one_more(claim(first))}, std::move(events)});
    }

    Position done(const CommandPartition& partition) {
        auto all = claims->all();
        auto found = std::ranges::find(all, partition, &domain::Claim::partition);
        return found == all.end() ? Position{-1} : found->done;
    }

    static std::vector<std::int64_t> positions(const std::vector<EventEnvelope>& events) {
        std::vector<std::int64_t> all;
        for (const auto& event : events) all.push_back(event.position.value);
        return all;
    }

    /// Three events of "ada", two of "bob", mixed: positions 1 to 5.
    void store_five() {
        ASSERT_EQ(
            append({
                kit::sample_event(1, "ada", 1),
                kit::sample_event(2, "bob", 1),
                kit::sample_event(3, "ada", 2, 0),
                kit::sample_event(3, "ada", 3, 1),
                kit::sample_event(4, "bob", 2),
            }),
            domain::AppendResult{Appended{{5}}}
        );
    }
};

using Positions = std::vector<std::int64_t>;

TEST_P(EventLogSuite, BeginsEmpty) {
    EXPECT_EQ(log->head().position, Position{0});
    EXPECT_GE(log->head().incarnation, 1);
    EXPECT_TRUE(log->read({0}, 10).empty());
}

TEST_P(EventLogSuite, GivesDensePositionsOverBatchesAndStreams) {
    store_five();
    EXPECT_EQ(
        append({kit::sample_event(5, "eve", 1), kit::sample_event(6, "ada", 4)}),
        domain::AppendResult{Appended{{7}}}
    );
    EXPECT_EQ(positions(log->read({0}, 100)), (Positions{1, 2, 3, 4, 5, 6, 7}));
    EXPECT_EQ(log->head().position, Position{7});
}

TEST_P(EventLogSuite, KeepsEveryFieldAsItWas) {
    std::vector<EventEnvelope> events{
        kit::sample_event(1, "ada", 1, 0), kit::sample_event(2, "bob's ✓", 1, 1)};
    append(events);
    events[0].position = {1};
    events[1].position = {2};
    EXPECT_EQ(world->make_event_log()->read({0}, 10), events);
}

TEST_P(EventLogSuite, ReadsOnFromAPositionUpToTheLimit) {
    store_five();
    EXPECT_EQ(positions(log->read({1}, 3)), (Positions{2, 3, 4}));
    EXPECT_TRUE(log->read({5}, 10).empty());
    EXPECT_TRUE(log->read({0}, 0).empty());
}

TEST_P(EventLogSuite, ReadsStreamsInTheOrderAsked) {
    store_five();
    std::vector<domain::StreamCursor> streams{
        {{"account", "bob"}, {0}}, {{"account", "none"}, {0}}, {{"account", "ada"}, {1}}};
    EXPECT_EQ(positions(log->read_streams(streams, 100)), (Positions{2, 5, 3, 4}));
    EXPECT_EQ(positions(log->read_streams(streams, 3)), (Positions{2, 5, 3}));
    EXPECT_EQ(positions(log->read_streams(streams, 1)), (Positions{2}));
    streams[2].after = {3};
    EXPECT_EQ(positions(log->read_streams(streams, 100)), (Positions{2, 5}));
    EXPECT_TRUE(log->read_streams({}, 100).empty());
}

TEST_P(EventLogSuite, ReadsTheEventsOfAUserFromAPositionUpToAnother) {
    store_five();  // users 1, 2, 0, 0, 1
    EXPECT_EQ(positions(log->read_user("idp user-1", {0}, {5}, 10)), (Positions{1, 5}));
    EXPECT_EQ(positions(log->read_user("idp user-1", {1}, {5}, 10)), (Positions{5}));
    EXPECT_EQ(positions(log->read_user("idp user-1", {0}, {4}, 10)), (Positions{1}));
    EXPECT_EQ(positions(log->read_user("idp user-0", {0}, {5}, 1)), (Positions{3}));
    EXPECT_TRUE(log->read_user("nobody", {0}, {5}, 10).empty());
}

TEST_P(EventLogSuite, TellsApartUsersOfOneNameAndOfOneIssuer) {
    std::vector<EventEnvelope> events;
    const std::vector<domain::Issuer> users{
        {"ada"}, {"ada", "{}", "idp"}, {"ada", "{}", "other"}, {"idp ada"}, {"bob", "{}", "idp"}};
    for (int n = 1; n <= 5; ++n) {
        events.push_back(kit::sample_event(n, "of-" + std::to_string(n), 1));
        events.back().issuer = users[static_cast<std::size_t>(n - 1)];
    }
    append(events);
    for (std::int64_t n = 1; n <= 5; ++n) {
        const auto user = domain::user_key(users[static_cast<std::size_t>(n - 1)]);
        EXPECT_EQ(positions(log->read_user(user, {0}, {5}, 10)), (Positions{n})) << user;
        EXPECT_EQ(
            log->read_user(user, {0}, {5}, 10).at(0).issuer.token_issuer,
            users[static_cast<std::size_t>(n - 1)].token_issuer
        );
    }
}

TEST_P(EventLogSuite, TakesUserCorrelationAndTraceFromTheCommandLog) {
    const auto logged = kit::sample_command(1, "ada");
    commands->append(std::vector{logged});
    EventEnvelope event = kit::sample_event(1, "ada", 1);
    event.issuer = {"eve", R"({"roles":["admin"]})", "evil"};
    event.correlation_id = event.trace_parent = "forged";
    EXPECT_EQ(append({event}), domain::AppendResult{Appended{{1}}});
    const auto stored = log->read({0}, 1).at(0);
    EXPECT_EQ(stored.issuer, logged.command.issuer);
    EXPECT_EQ(stored.correlation_id, logged.command.correlation_id);
    EXPECT_EQ(stored.trace_parent, logged.command.trace_parent);
}

TEST_P(EventLogSuite, RefusesEventsOfCommandsThatAreNotInTheCommandLog) {
    commands->append(std::vector{kit::sample_command(1, "ada"), kit::sample_command(2, "bob")});
    const auto owned = claim(first);
    const auto refuses = [&](const EventEnvelope& event) {
        const auto good = kit::sample_event(1, "ada", 1);
        EXPECT_THROW(strict->append({{one_more(owned)}, {good, event}}), domain::WorldError);
        EXPECT_THROW(strict->append({{one_more(owned)}, {event}}), domain::WorldError);
    };
    refuses(kit::sample_event(3, "eve", 1));  // never sent
    EventEnvelope event = kit::sample_event(2, "bob", 1);
    event.command_position = {1};  // another one's position
    refuses(event);
    event.command_position = {0};
    refuses(event);
    event = kit::sample_event(2, "eve", 1);  // another aggregate's command
    refuses(event);
    event = kit::sample_event(2, kit::sample_id(1), 1);  // another command's outcome
    event.stream.category = "$command";
    refuses(event);
    EXPECT_EQ(log->head().position, Position{0});
    EXPECT_EQ(done(first), Position{0});

    event = kit::sample_event(2, kit::sample_id(2), 1);
    event.stream.category = "$command";
    EXPECT_EQ(
        strict->append({{one_more(owned)}, {kit::sample_event(1, "ada", 1), event}}),
        domain::AppendResult{Appended{{2}}}
    );
}

TEST_P(EventLogSuite, RefusesProgressBeyondTheCommandLog) {
    commands->append(std::vector{kit::sample_command(1)});
    const auto owned = claim(first);
    for (const std::int64_t beyond : {std::int64_t{2}, std::int64_t{1'000'000'000'000'000}}) {
        EXPECT_THROW(
            strict->append({{{first, owned.epoch, {0}, {beyond}}}, {}}), domain::WorldError
        );
    }
    EXPECT_EQ(done(first), Position{0});
    EXPECT_EQ(
        strict->append({{{first, owned.epoch, {0}, {1}}}, {}}), domain::AppendResult{Appended{{0}}}
    );
}

TEST_P(EventLogSuite, ReadsTheEventsOfACommand) {
    store_five();
    EXPECT_EQ(positions(log->read_command({3})), (Positions{3, 4}));
    EXPECT_TRUE(log->read_command({9}).empty());
}

TEST_P(EventLogSuite, MovesProgressWithTheEvents) {
    auto owned = claim(first);
    EXPECT_EQ(owned.done, Position{0});
    log->append({{{first, owned.epoch, {0}, {40}}}, {kit::sample_event(1, "ada", 1)}});
    EXPECT_EQ(done(first), Position{40});
    EXPECT_EQ(
        log->append({{{first, owned.epoch, {40}, {50}}}, {}}), domain::AppendResult{Appended{{1}}}
    ) << "progress without events";
    EXPECT_EQ(claim(first).done, Position{50});
}

TEST_P(EventLogSuite, RefusesARepeatSinceTheProgressHasMoved) {
    domain::EventBatch batch{{one_more(claim(first))}, {kit::sample_event(1, "ada", 1)}};
    EXPECT_EQ(log->append(batch), domain::AppendResult{Appended{{1}}});
    EXPECT_EQ(log->append(batch), domain::AppendResult{Fenced{{first}}});
    EXPECT_EQ(log->head().position, Position{1});
}

TEST_P(EventLogSuite, RefusesWhoseProgressDoesNotFitOn) {
    auto owned = claim(first);
    domain::EventBatch batch{{{first, owned.epoch, {3}, {4}}}, {kit::sample_event(1, "ada", 1)}};
    EXPECT_EQ(log->append(batch), domain::AppendResult{Fenced{{first}}});
    EXPECT_EQ(log->head().position, Position{0});
    EXPECT_EQ(done(first), Position{0});
}

TEST_P(EventLogSuite, RefusesWhoNeverClaimed) {
    domain::EventBatch batch{{{first, {1}, {0}, {1}}}, {kit::sample_event(1, "ada", 1)}};
    EXPECT_EQ(log->append(batch), domain::AppendResult{Fenced{{first}}});
    EXPECT_EQ(log->head().position, Position{0});
}

TEST_P(EventLogSuite, RefusesTheOwnerThatWasReplacedAndWritesNothingOfItsBatch) {
    auto old_first = claim(first);
    auto old_second = claim(second);
    auto new_second = world->make_partition_claims()->claim(std::vector{second}, {}).at(0);
    EXPECT_GT(new_second.epoch, old_second.epoch);

    domain::EventBatch batch{
        {one_more(old_first), one_more(old_second)},
        {kit::sample_event(1, "ada", 1), kit::sample_event(2, "bob", 1)},
    };
    EXPECT_EQ(log->append(batch), domain::AppendResult{Fenced{{second}}});
    EXPECT_EQ(log->head().position, Position{0});
    EXPECT_EQ(done(first), Position{0});

    batch.moves[1] = one_more(new_second);
    EXPECT_EQ(log->append(batch), domain::AppendResult{Appended{{2}}});
}

TEST_P(EventLogSuite, RefusesAStreamThatIsNotAtTheVersionBuiltOn) {
    store_five();
    auto move = one_more(claim(first));
    for (std::int64_t version : {2, 3, 5}) {  // taken, taken, leaves a hole
        domain::EventBatch batch{
            {move}, {kit::sample_event(9, "eve", 1), kit::sample_event(10, "ada", version)}};
        EXPECT_EQ(log->append(batch), (domain::AppendResult{VersionConflict{{{"account", "ada"}}}}))
            << version;
    }
    EXPECT_EQ(log->head().position, Position{5});
    EXPECT_EQ(done(first), move.from);
    EXPECT_EQ(
        log->append({{move}, {kit::sample_event(10, "ada", 4)}}),
        domain::AppendResult{Appended{{6}}}
    );
}

TEST_P(EventLogSuite, RefusesAHoleOrARepeatInsideABatch) {
    for (std::int64_t version : {1, 3}) {
        EXPECT_EQ(
            append({kit::sample_event(1, "ada", 1), kit::sample_event(2, "ada", version)}),
            (domain::AppendResult{VersionConflict{{{"account", "ada"}}}})
        );
    }
    EXPECT_EQ(log->head().position, Position{0});
}

TEST_P(EventLogSuite, NamesEveryStreamInConflict) {
    store_five();
    auto result = append({kit::sample_event(5, "ada", 1), kit::sample_event(6, "bob", 1)});
    auto& streams = std::get<VersionConflict>(result).streams;
    std::ranges::sort(streams);
    EXPECT_EQ(streams, (std::vector<domain::StreamId>{{"account", "ada"}, {"account", "bob"}}));
}

TEST_P(EventLogSuite, ClaimsRaiseTheEpochAndKeepTheProgress) {
    auto both = claims->claim(std::vector{second, first}, {});
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[0].partition, second);
    EXPECT_EQ(both[1].partition, first);
    log->append({{{first, both[1].epoch, {0}, {7}}}, {}});
    auto again = claim(first);
    EXPECT_GT(again.epoch, both[1].epoch);
    EXPECT_EQ(again.done, Position{7});
    auto all = claims->all();
    ASSERT_EQ(all.size(), 2u);
    EXPECT_NE(std::ranges::find(all, again), all.end());
    EXPECT_NE(std::ranges::find(all, both[0]), all.end());
}

TEST_P(EventLogSuite, PruningForgetsNothingThatCounts) {
    auto owned = claim(first);
    auto untouched = claim(second);
    for (std::int64_t n = 0; n < 5; ++n) log->append({{{first, owned.epoch, {n}, {n + 1}}}, {}});
    claims->prune();
    EXPECT_EQ(done(first), Position{5});
    EXPECT_EQ(
        log->append({{{first, owned.epoch, {5}, {6}}, one_more(untouched)}, {}}),
        domain::AppendResult{Appended{{0}}}
    );
    claims->prune();
    EXPECT_EQ(claim(first).done, Position{6});
    EXPECT_EQ(claim(second).done, Position{1});
}

TEST_P(EventLogSuite, StaysDenseUnderManyWritersOfWhichSomeAreRefused) {
    constexpr int writers = 4, batches = 20;
    for (int n = 1; n <= writers * batches; ++n) {
        const auto entity = "entity-" + std::to_string((n - 1) / batches);
        commands->append(std::vector{kit::sample_command(n, entity)});
    }
    std::vector<std::unique_ptr<domain::EventLog>> logs;
    std::vector<domain::Claim> owned;
    for (int w = 0; w < writers; ++w) {
        logs.push_back(world->make_event_log());
        owned.push_back(claim({"account", w}));
    }
    std::vector<std::thread> threads;
    for (std::size_t w = 0; w < writers; ++w) {
        threads.emplace_back([&own = *logs[w], mine = owned[w], w]() mutable {
            auto entity = "entity-" + std::to_string(w);
            for (int b = 0; b < batches; ++b) {
                domain::EventBatch batch{{one_more(mine)}, {}};
                const int n = static_cast<int>(w) * batches + b + 1;
                batch.events.push_back(kit::sample_event(n, entity, 2 * b + 1, 0));
                batch.events.push_back(kit::sample_event(n, entity, 2 * b + 9, 1));
                EXPECT_TRUE(std::holds_alternative<VersionConflict>(own.append(batch)));
                batch.events[1].version = {2 * b + 2};
                EXPECT_TRUE(std::holds_alternative<Appended>(own.append(batch)));
                EXPECT_TRUE(std::holds_alternative<Fenced>(own.append(batch)));
                mine.done = batch.moves[0].to;
            }
        });
    }
    for (auto& thread : threads) thread.join();

    auto events = log->read({0}, 10'000);
    ASSERT_EQ(events.size(), static_cast<std::size_t>(writers * batches * 2));
    for (std::size_t i = 0; i < events.size(); ++i)
        EXPECT_EQ(events[i].position.value, static_cast<std::int64_t>(i + 1));
    for (int w = 0; w < writers; ++w) EXPECT_EQ(done({"account", w}), Position{batches});
}

TEST_P(EventLogSuite, ContendersForOnePartitionNeverWriteTheSameTwice) {
    constexpr int contenders = 3, sent = 30;
    for (int n = 1; n <= sent; ++n) commands->append(std::vector{kit::sample_command(n, "ada")});
    std::vector<std::unique_ptr<domain::EventLog>> logs;
    std::vector<std::unique_ptr<domain::PartitionClaims>> owners;
    for (int c = 0; c < contenders; ++c) {
        logs.push_back(world->make_event_log());
        owners.push_back(world->make_partition_claims());
    }
    std::vector<std::thread> threads;
    for (std::size_t c = 0; c < contenders; ++c) {
        threads.emplace_back([&own = *logs[c], &owner = *owners[c], this] {
            domain::Claim mine;
            while (mine.done.value < sent) {
                mine = owner.claim(std::vector{first}, {}).at(0);
                while (mine.done.value < sent) {
                    auto move = one_more(mine);
                    auto n = static_cast<int>(move.to.value);
                    auto result = own.append({{move}, {kit::sample_event(n, "ada", n)}});
                    EXPECT_FALSE(std::holds_alternative<VersionConflict>(result));
                    if (!std::holds_alternative<Appended>(result)) break;
                    mine.done = move.to;
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();

    auto events = log->read({0}, 10'000);
    ASSERT_EQ(events.size(), static_cast<std::size_t>(sent));
    for (std::size_t i = 0; i < events.size(); ++i)
        EXPECT_EQ(events[i].version.value, static_cast<std::int64_t>(i + 1));
}

}  // namespace contract

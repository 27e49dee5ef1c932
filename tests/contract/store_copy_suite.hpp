#pragma once

#include "domain/kernel/error.hpp"
#include "domain/kernel/outcome.hpp"
#include "domain/kernel/topics.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/kit/samples.hpp"

#include <set>
#include <string>
#include <vector>

namespace contract {

/// StoreExport and StoreImport: what one reads, the other makes the same of.
class StoreCopySuite : public StoreSuite {
  protected:
    using Position = domain::Position;

    std::unique_ptr<domain::StoreExport> out = world->make_store_export();
    std::unique_ptr<domain::StoreImport> in = world->make_store_import();
    std::unique_ptr<domain::CommandLog> commands = world->make_command_log();
    std::unique_ptr<domain::EventLog> events = world->make_event_log();
    std::unique_ptr<domain::DeadLetters> letters = world->make_dead_letters();

    static domain::ArchivedCommand command(int n, const std::string& entity = "ada's") {
        auto [envelope, fingerprint] = kit::sample_command(n, entity);
        if (n == 2) envelope.causation_id = kit::sample_id(1);
        return {{{n}, std::move(envelope)}, std::move(fingerprint), {1, {n - 1}}};
    }
    static domain::EventEnvelope event(int n, std::int64_t version) {
        auto made = kit::sample_event(n, "ada's", version);
        made.position = {n};
        return made;
    }
    static domain::EventEnvelope failed(int n) {
        auto made = event(n, 1);
        made.stream = {std::string(domain::outcome_category), kit::sample_id(n)};
        made.type = domain::outcome_failed;
        return made;
    }
    template <class Row>
    void add(std::vector<Row> rows) {
        in->add(std::span<const Row>(rows));
    }
    /// Three commands, of which the first is applied, the second failed, and the third is open.
    void fill() {
        in->begin("this");
        auto heard = event(1, 1);
        heard.hears = {"eve", "idp zoe"};
        add<domain::ArchivedCommand>({command(1), command(2), command(3)});
        add<domain::EventEnvelope>({heard, failed(2)});
    }
    static domain::ImportEnd end(std::int64_t beside = 0) { return {3, 4, {{3}, {2}, {beside}}}; }
};

TEST_P(StoreCopySuite, ReadsBothLogsAsTheyAreStored) {
    const auto asked = std::vector{kit::sample_command(1), kit::sample_command(2)};
    commands->append(asked);
    auto heard = kit::sample_event(1, "ada's", 1);
    heard.hears = {"eve", "idp zoe"};
    events->append({{}, {heard, kit::sample_event(2, "ada's", 2)}});
    commands->append(std::vector{kit::sample_command(3)});

    auto first = command(1), second = command(2), third = command(3);
    second.stored.command.causation_id.clear();
    first.cursor.position = second.cursor.position = {0};
    third.cursor.position = {2};
    EXPECT_EQ(out->commands({0}, {3}), (std::vector{first, second, third}));
    EXPECT_EQ(out->commands({1}, {2}), std::vector{second});
    EXPECT_TRUE(out->commands({3}, {9}).empty());
    EXPECT_EQ(out->events({0}, {9}), events->read({0}, 9));
    EXPECT_EQ(out->events({0}, {1}), events->read({0}, 1));
    EXPECT_EQ(out->events({1}, {2}), events->read({1}, 1));
    EXPECT_EQ(out->events({0}, {1}).at(0).hears, heard.hears);
}

TEST_P(StoreCopySuite, TellsWhereTheLogsEnd) {
    EXPECT_EQ(out->end(domain::Log::commands).partitions, 0);
    world->fix_partitions(4);
    world->begin_another_life();
    commands->append(std::vector{kit::sample_command(1)});
    for (const auto log : {domain::Log::commands, domain::Log::events}) {
        const auto end = out->end(log);
        EXPECT_EQ(end.incarnation, 2);
        EXPECT_EQ(end.partitions, 4);
        EXPECT_EQ(end.floor, Position{0});
        EXPECT_EQ(end.head, Position{log == domain::Log::commands ? 1 : 0});
    }
}

TEST_P(StoreCopySuite, TellsWhatStandsBesideTheLogs) {
    commands->append(std::vector{kit::sample_command(1), kit::sample_command(2)});
    letters->explain(std::vector<domain::FailedCommand>{{{1}, 3, "why"}, {{2}, 1, "not yet"}});
    events->append({{}, {failed(1)}});
    letters->retry(kit::sample_id(1), kit::sample_id(9));
    const std::vector<domain::LetterNote> notes{
        {.command = {1},
         .failed_at = {1},
         .attempts = 3,
         .reason = "why",
         .state = domain::DeadLetterState::retried,
         .retried_as = kit::sample_id(9),
         .retried_at = {3}}};
    EXPECT_EQ(out->letters({0}, 10), notes);
    EXPECT_TRUE(out->letters({0}, 0).empty());
    EXPECT_TRUE(out->letters({1}, 10).empty());
    world->make_command_attempts()->add({{2}, kit::sample_command(2).command}, {"threw", "it did"});
    const std::vector<domain::AttemptedCommand> attempts{{{2}, {}, 1, false, {"threw", "it did"}}};
    EXPECT_EQ(out->attempts(), attempts);
    world->make_subscriptions()->claim("reports", {1, {1}});
    EXPECT_EQ(out->subscriptions(), world->make_subscriptions()->all());
}

TEST_P(StoreCopySuite, MakesTheSameRows) {
    fill();
    const std::vector<domain::BesideRow> beside{
        domain::LetterNote{
            .command = {2},
            .failed_at = {2},
            .attempts = 3,
            .reason = "why",
            .state = domain::DeadLetterState::retried,
            .retried_as = kit::sample_id(3),
            .retried_at = {3}},
        domain::AttemptedCommand{{3}, {}, 1, true, {"threw", "it did"}},
        domain::Subscription{"reports", {5}, {3, {2}}}};
    add<domain::BesideRow>(beside);
    in->finish(end(3));

    EXPECT_EQ(out->commands({0}, {9}), (std::vector{command(1), command(2), command(3)}));
    auto heard = event(1, 1);
    heard.hears = {"eve", "idp zoe"};
    EXPECT_EQ(out->events({0}, {9}), (std::vector{heard, failed(2)}));
    EXPECT_EQ(out->letters({0}, 9), std::vector{std::get<domain::LetterNote>(beside[0])});
    EXPECT_EQ(out->attempts(), std::vector{std::get<domain::AttemptedCommand>(beside[1])});
    EXPECT_EQ(out->subscriptions(), std::vector{std::get<domain::Subscription>(beside[2])});
    EXPECT_EQ(out->end(domain::Log::events).incarnation, 3);
    EXPECT_EQ(out->end(domain::Log::commands).incarnation, 3);
    EXPECT_EQ(events->read_user("idp zoe", {0}, {9}, 9).size(), 1u);
    EXPECT_EQ(
        commands->append(std::vector{kit::sample_command(1)}).at(0).kind,
        domain::Acceptance::Kind::repeated
    );
    EXPECT_EQ(commands->append(std::vector{kit::sample_command(4)}).at(0).position, Position{4});
}

TEST_P(StoreCopySuite, LeavesToBeDoneWhatHasNoEvent) {
    fill();
    in->finish(end());
    const auto present = world->make_generations()->present();
    EXPECT_EQ(present.partitions, 4);
    EXPECT_EQ(present.begun, Position{3});
    const auto all = world->make_partition_claims()->all();
    EXPECT_EQ(all.size(), 4u);
    for (const auto& claim : all) {
        const bool open = claim.partition.partition == domain::partition_of("ada's", 4);
        EXPECT_EQ(claim.done, Position{open ? 2 : 3});
        EXPECT_EQ(claim.partition.category, "account");
    }
    auto leases = world->make_relay_leases();
    EXPECT_EQ(leases->load(domain::Log::commands).position, Position{2});
    EXPECT_EQ(leases->load(domain::Log::events).position, Position{2});
    EXPECT_TRUE(leases->load(domain::Log::events).marks.empty());
}

TEST_P(StoreCopySuite, FencesWhoeverWorkedOnTheEmptyStore) {
    world->fix_partitions(2);
    auto generations = world->make_generations();
    auto claims = world->make_partition_claims();
    const std::vector<domain::CommandPartition> partition{{"account", 0}};
    const auto before = claims->claim(partition, generations->present());
    auto leases = world->make_relay_leases();
    const auto lease = leases->acquire(domain::Log::events, "me", std::chrono::minutes(10));
    EXPECT_THROW(in->begin("this"), domain::SetupError);
    leases->release(domain::Log::events, *lease);
    fill();
    in->finish(end());
    EXPECT_EQ(generations->present().partitions, 2);
    EXPECT_TRUE(claims->claim(partition, {1, 2, {}}).empty());
    for (const auto& claim : claims->all()) EXPECT_GT(claim.epoch, before.at(0).epoch);
    EXPECT_FALSE(leases->renew(domain::Log::events, *lease, std::chrono::minutes(10)));
}

TEST_P(StoreCopySuite, KeepsOthersOutUntilItIsDone) {
    fill();
    auto claims = world->make_partition_claims();
    auto leases = world->make_relay_leases();
    const std::vector<domain::CommandPartition> partition{{"account", 0}};
    const auto refused = [&](const auto& call) { EXPECT_THROW(call(), domain::WorldError); };
    refused([&] { commands->append(std::vector{kit::sample_command(4)}); });
    refused([&] { events->append({{}, {event(3, 2)}}); });
    refused([&] { claims->claim(partition, world->make_generations()->present()); });
    refused([&] { leases->acquire(domain::Log::events, "me", std::chrono::minutes(1)); });
    refused([&] { letters->drop(kit::sample_id(2)); });
    refused([&] { world->make_subscriptions()->claim("reports", {}); });
    refused([&] { world->make_command_attempts()->skip(kit::sample_id(3)); });
    in->finish(end());
    EXPECT_EQ(commands->append(std::vector{kit::sample_command(4)}).at(0).position, Position{4});
    EXPECT_TRUE(leases->acquire(domain::Log::events, "me", std::chrono::minutes(1)));
}

TEST_P(StoreCopySuite, GoesOnWithWhatIsThere) {
    EXPECT_EQ(in->begin("this"), domain::ImportPlace{});
    add<domain::ArchivedCommand>({command(1), command(2)});
    add<domain::EventEnvelope>({event(1, 1)});
    auto again = world->make_store_import();
    EXPECT_THROW(again->begin("that"), domain::SetupError);
    EXPECT_EQ(again->begin("this"), (domain::ImportPlace{{2}, {1}, {0}}));
    EXPECT_EQ(again->command_id({2}), kit::sample_id(2));
    const std::vector<domain::StreamId> streams{{"account", "bob"}, {"account", "ada's"}};
    EXPECT_EQ(again->versions(streams), (std::vector<domain::StreamVersion>{{0}, {1}}));
    EXPECT_EQ(again->position_of(streams[1], {1}), Position{1});
    in->finish({1, 0, {{2}, {1}, {0}}});
    in->finish({1, 0, {{2}, {1}, {0}}});
    EXPECT_TRUE(again->begin("this").finished);
    EXPECT_THROW(again->begin("that"), domain::SetupError);
    again->abandon();
    EXPECT_EQ(commands->head(), Position{2});
}

TEST_P(StoreCopySuite, TakesAllOrNone) {
    in->begin("this");
    add<domain::ArchivedCommand>({command(1)});
    auto same_id = command(3);
    same_id.stored.command.id = kit::sample_id(1);
    EXPECT_THROW(add<domain::ArchivedCommand>({command(2), same_id}), domain::SetupError);
    add<domain::EventEnvelope>({event(1, 1)});
    EXPECT_THROW(add<domain::EventEnvelope>({event(2, 2), event(3, 2)}), domain::SetupError);
    EXPECT_THROW(
        add<domain::BesideRow>({domain::Subscription{"x", {1}, {}}, domain::LetterNote{{1}, {}}}),
        domain::SetupError
    );
    EXPECT_EQ(in->begin("this"), (domain::ImportPlace{{1}, {1}, {0}}));
    EXPECT_TRUE(out->subscriptions().empty());
}

TEST_P(StoreCopySuite, RefusesAStoreThatIsNotEmpty) {
    commands->append(std::vector{kit::sample_command(1)});
    EXPECT_THROW(in->begin("this"), domain::SetupError);
    EXPECT_EQ(commands->append(std::vector{kit::sample_command(2)}).at(0).position, Position{2});
}

TEST_P(StoreCopySuite, OpensNothingWithOtherRowsThanThereHaveToBe) {
    fill();
    for (Position domain::ImportPlace::*rows :
         {&domain::ImportPlace::commands, &domain::ImportPlace::events}) {
        auto more = end();
        ++(more.rows.*rows).value;
        EXPECT_THROW(in->finish(more), domain::SetupError);
    }
    EXPECT_THROW(commands->append(std::vector{kit::sample_command(4)}), domain::WorldError);
}

TEST_P(StoreCopySuite, TakesBackWhatItBrought) {
    fill();
    in->abandon();
    EXPECT_EQ(commands->head(), Position{0});
    EXPECT_EQ(events->head().position, Position{0});
    EXPECT_TRUE(out->letters({0}, 9).empty());
    EXPECT_EQ(in->begin("that"), domain::ImportPlace{});
}

TEST_P(StoreCopySuite, ReservesWhatStreamsHold) {
    using What = domain::KeyChange::What;
    fill();
    const auto keys = [](const std::string& entity, std::int64_t version) {
        return domain::StreamKeys{{"account", entity}, {version}, {{What::takes, "email", "a@b"}}};
    };
    EXPECT_TRUE(in->reserve(std::vector{keys("ada's", 2)}).empty());  // it is not at that version
    EXPECT_TRUE(in->reserve(std::vector{keys("ada's", 1)}).empty());
    EXPECT_TRUE(in->reserve(std::vector{keys("ada's", 1)}).empty());
    const std::vector<domain::TakenKey> taken{{{"account", "bob"}, "email", "a@b", "ada's"}};
    EXPECT_EQ(in->reserve(std::vector{keys("bob", 0)}), taken);
    in->finish(end());
    const auto holding = world->make_audit()->holding({"account", "ada's"});
    EXPECT_EQ(holding.keys, (std::vector<domain::HeldKey>{{"ada's", "email", "a@b"}}));
}

}  // namespace contract

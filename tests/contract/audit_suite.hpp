#pragma once

#include "domain/kernel/outcome.hpp"
#include "domain/kernel/topics.hpp"
#include "tests/contract/event_log_suite.hpp"

#include <set>

namespace contract {

/// Of a store in which nothing is wrong, since no port lets that be; what stands in one where
/// something is, is tested where it is put there by SQL.
class AuditSuite : public EventLogSuite {
  protected:
    std::unique_ptr<domain::Audit> audit = world->make_audit();
    std::unique_ptr<domain::Histories> histories = world->make_histories();

    static constexpr std::int32_t partitions = 4;
    static constexpr Position lowest{-(std::int64_t{1} << 62)};
    static constexpr Position highest{std::int64_t{1} << 62};
    const domain::StreamId ada{"account", "ada"};

    static EventEnvelope takes(EventEnvelope event, const std::string& key) {
        event.keys = {{domain::KeyChange::What::takes, "email", key}};
        return event;
    }

    /// The pending ones of a range, and the highest that is answered, of each partition.
    void expect_answers(
        Position after,
        Position up_to,
        const std::vector<std::int64_t>& pending,
        std::int64_t answered
    ) {
        std::vector<std::int64_t> found;
        std::int64_t highest_answered = 0;
        for (const auto& answers : audit->answers(after, up_to, partitions)) {
            EXPECT_EQ(answers.partition.category, "account");
            EXPECT_LT(answers.partition.partition, partitions);
            highest_answered = std::max(highest_answered, answers.answered.value);
            for (const Position position : answers.pending) found.push_back(position.value);
        }
        std::ranges::sort(found);
        EXPECT_EQ(found, pending);
        EXPECT_EQ(highest_answered, answered);
    }

    /// "entity version" of each event of a page.
    std::vector<std::string>
    read(const domain::StreamId& after, std::int64_t version, std::size_t limit) {
        std::vector<std::string> all;
        for (const auto& event : histories->read(after, {version}, limit)) {
            EXPECT_EQ(event.stream.category, "account");
            EXPECT_EQ(event.type, "deposited");
            EXPECT_FALSE(event.data.empty());
            all.push_back(event.stream.entity + ' ' + std::to_string(event.version.value));
        }
        return all;
    }
    using Lines = std::vector<std::string>;
};

TEST_P(AuditSuite, BeginsWithNothing) {
    EXPECT_EQ(audit->bounds(domain::Log::commands), domain::LogBounds{});
    EXPECT_EQ(audit->bounds(domain::Log::events), domain::LogBounds{});
    EXPECT_TRUE(audit->answers(lowest, highest, partitions).empty());
    EXPECT_TRUE(audit->standing().unclaimed.empty());
    EXPECT_TRUE(audit->standing().reserving.empty());
    EXPECT_EQ(audit->holding(ada).version, domain::StreamVersion{0});
    EXPECT_TRUE(histories->categories().empty());
    EXPECT_EQ(read({"account", ""}, 0, 10), Lines{});
}

TEST_P(AuditSuite, KnowsTheLogsAndWhatTheyLack) {
    store_five();
    EXPECT_EQ(audit->bounds(domain::Log::commands), (domain::LogBounds{{0}, {4}}));
    EXPECT_EQ(audit->bounds(domain::Log::events), (domain::LogBounds{{0}, {5}}));
    for (const auto which : {domain::Log::commands, domain::Log::events}) {
        EXPECT_TRUE(audit->holes(which, {0}, {4}, 10).empty());
        EXPECT_TRUE(audit->holes(which, {2}, {3}, 10).empty());
        EXPECT_EQ(audit->holes(which, {4}, {9}, 2).size(), 2u);
        EXPECT_EQ(audit->holes(which, {7}, {8}, 10), std::vector<Position>{{8}});
    }
    EXPECT_TRUE(audit->strays(lowest, highest, 10).empty());
}

TEST_P(AuditSuite, TellsCommandsWithAndWithoutEvents) {
    store_five();
    commands->append(std::vector{kit::sample_command(5), kit::sample_command(6)});
    expect_answers({0}, {6}, {5, 6}, 4);
    expect_answers({1}, {5}, {5}, 4);
    expect_answers({4}, {5}, {5}, 0);
    for (const auto& answers : audit->answers({0}, {6}, partitions))
        for (const Position position : answers.doubtful)
            EXPECT_FALSE(log->read_command(position).empty());
}

TEST_P(AuditSuite, ReadsTheAnswersOfCommands) {
    store_five();
    const auto read = [&](Position after, Position up_to) {
        Lines all;
        for (const auto& event : audit->answer_events(after, up_to))
            all.push_back(
                std::to_string(event.command_position.value) + ' ' + event.stream.entity + ' ' +
                std::to_string(event.version.value) + (event.last ? " last" : "")
            );
        return all;
    };
    const Lines one{"1 ada 1 last"}, two{"2 bob 1 last"}, three{"3 ada 2 last", "3 ada 3"},
        four{"4 bob 2 last"};
    EXPECT_EQ(read({0}, {1}), one);
    EXPECT_EQ(read({1}, {2}), two);
    EXPECT_EQ(read({2}, {3}), three);
    EXPECT_EQ(read({3}, {9}), four);
    EXPECT_EQ(read({0}, {4}).size(), 5u);
    EXPECT_EQ(read({0}, {4}).front(), one.front());
    EXPECT_EQ(read({0}, {4}).back(), four.front());
    EXPECT_EQ(read({4}, {9}), Lines{});
    EXPECT_EQ(audit->answer_events({1}, {2}), log->read_command({2}));
}

TEST_P(AuditSuite, DoubtsAnswersThatCannotBe) {
    auto first_of_two = kit::sample_event(3, "ada", 1, 0);
    first_of_two.last = true;
    auto second_of_two = kit::sample_event(3, "ada", 2, 1);
    second_of_two.last = true;
    auto without_end = kit::sample_event(4, "ada", 3);
    without_end.last = false;
    auto from_one = kit::sample_event(5, "ada", 4, 1);
    from_one.last = true;
    auto no_outcome = kit::sample_event(6, "ada", 1);
    no_outcome.stream = {std::string(domain::outcome_category), kit::sample_id(6)};
    append(
        {kit::sample_event(1, "ada's", 1),
         first_of_two,
         second_of_two,
         without_end,
         from_one,
         no_outcome}
    );
    std::set<std::int64_t> doubtful;
    for (const auto& answers : audit->answers({0}, {6}, partitions))
        for (const Position position : answers.doubtful) doubtful.insert(position.value);
    for (const std::int64_t position : {3, 4, 5, 6}) EXPECT_TRUE(doubtful.contains(position));
}

TEST_P(AuditSuite, TellsWhatStreamsHold) {
    append({
        takes(kit::sample_event(1, "ada", 1), "a@b"),
        takes(kit::sample_event(2, "bob", 1), "b@b"),
        takes(kit::sample_event(3, "ada", 2), "a@c"),
    });
    const domain::HeldKey of_bob{"bob", "email", "b@b"};
    const std::vector<domain::HeldKey> of_ada{{"ada", "email", "a@b"}, {"ada", "email", "a@c"}};
    EXPECT_EQ(audit->standing().reserving, std::vector<std::string>{"account"});
    EXPECT_EQ(audit->keys("account", "", std::nullopt).size(), 3u);
    EXPECT_EQ(audit->keys("account", "", "ada"), of_ada);
    EXPECT_EQ(audit->keys("account", "ada", std::nullopt), std::vector{of_bob});
    EXPECT_TRUE(audit->keys("account", "ada", "bo").empty());
    EXPECT_TRUE(audit->keys("invoice", "", std::nullopt).empty());
    EXPECT_EQ(audit->holding(ada).version, domain::StreamVersion{2});
    EXPECT_EQ(audit->holding(ada).keys, of_ada);
    EXPECT_TRUE(audit->holding({"account", "eve"}).keys.empty());
}

TEST_P(AuditSuite, TellsSnapshotsOfAFormInTheOrderOfTheirStreams) {
    store_five();
    const auto keep = [&](const std::string& entity, std::int64_t version) {
        const domain::StreamCursor before{{"account", entity}, {version - 1}};
        const auto event = log->read_streams({&before, 1}, 1).at(0);
        domain::Snapshot kept{
            .stream = event.stream,
            .version = event.version,
            .state = "{}",
            .last_event = domain::event_id(event),
            .incarnation = log->head().incarnation};
        world->make_snapshot_store({{"account", "1-a"}})->save(kept);
        return kept;
    };
    const auto of_bob = keep("bob", 2), of_ada = keep("ada", 3);
    const std::vector both{of_ada, of_bob};
    EXPECT_EQ(audit->snapshots("account", "1-a", "", "bob", 10), both);
    EXPECT_EQ(audit->snapshots("account", "1-a", "", "bob", 1), std::vector{of_ada});
    EXPECT_EQ(audit->snapshots("account", "1-a", "ada", "bob", 10), std::vector{of_bob});
    EXPECT_TRUE(audit->snapshots("account", "1-a", "ada", "az", 10).empty());
    EXPECT_TRUE(audit->snapshots("account", "1-b", "", "bob", 10).empty());
    world->begin_another_life();
    EXPECT_TRUE(audit->snapshots("account", "1-a", "", "bob", 10).empty());
}

TEST_P(AuditSuite, FindsNothingAgainstWhoHearsOfAnEvent) {
    auto heard = kit::sample_event(1, "ada", 1);
    heard.hears = {"eve", "idp zoe"};
    append({heard});
    for (const auto& row : audit->recipients(lowest, highest)) {
        EXPECT_TRUE(row.of_event);
        EXPECT_FALSE(row.is_sender);
    }
}

TEST_P(AuditSuite, HistoriesGoStreamByStream) {
    store_five();
    auto outcome = kit::sample_event(5, "ada", 1);
    outcome.stream = {std::string(domain::outcome_category), kit::sample_id(5)};
    append({outcome});
    EXPECT_EQ(histories->categories(), std::vector<std::string>{"account"});
    EXPECT_EQ(histories->count("account"), 5u);
    EXPECT_EQ(read({"account", ""}, 0, 10), (Lines{"ada 1", "ada 2", "ada 3", "bob 1", "bob 2"}));
    EXPECT_EQ(read({"account", ""}, 0, 2), (Lines{"ada 1", "ada 2"}));
    EXPECT_EQ(read(ada, 2, 2), (Lines{"ada 3", "bob 1"}));
    EXPECT_EQ(read(ada, std::int64_t{1} << 62, 2), (Lines{"bob 1", "bob 2"}));
    EXPECT_EQ(read({"account", "bob"}, 2, 2), Lines{});
}

}  // namespace contract

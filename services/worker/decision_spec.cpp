#include "domain/kernel/expected_version.hpp"
#include "domain/kernel/outcome.hpp"
#include "services/worker/decision.hpp"
#include "services/worker/local_decider.hpp"
#include "tests/kit/toy_aggregate.hpp"

#include <gtest/gtest.h>

namespace services::worker {
namespace {

/// A decider of toys whose stream "t" has three events.
struct Toys {
    Toys() { aggregates.push_back(std::make_unique<kit::ToyAggregate>()); }

    static domain::StoredCommand command(std::string name) {
        domain::StoredCommand stored;
        stored.position = {7};
        stored.command.id = "c1";
        stored.command.stream = {"toy", "t"};
        stored.command.name = std::move(name);
        stored.command.issuer.subject = "ada";
        stored.command.correlation_id = "k";
        return stored;
    }

    domain::Verdicts decide(const std::vector<domain::StoredCommand>& batch) {
        LocalDecider decider(
            aggregates, {.states_max = 10, .attempts = 3, .claim_names = {.roles = "groups"}}
        );
        decider.begin(batch, {}, {});
        const auto wanted = std::get<domain::Wanted>(decider.wait({}));
        std::vector<domain::EventEnvelope> history(3);
        for (std::size_t i = 0; i < history.size(); ++i) {
            history[i].stream = {"toy", "t"};
            history[i].version = {static_cast<std::int64_t>(i) + 1};
            history[i].type = "added";
        }
        decider.give(std::span(history).first(1), false);
        EXPECT_TRUE(std::get<domain::Wanted>(decider.wait({})).streams.empty()) << "the next page";
        decider.give(std::span(history).subspan(1), true);
        return std::get<domain::Verdicts>(decider.wait({}));
    }

    domain::Verdict decide(const domain::StoredCommand& one) {
        return decide(std::vector{one}).at(0);
    }

    std::vector<domain::AggregatePtr> aggregates;
};

std::vector<domain::EventEnvelope> answered(const domain::StoredCommand& stored) {
    return answer(stored, Toys().decide(stored), {});
}

void expect_outcome(const std::vector<domain::EventEnvelope>& events, std::string_view type) {
    ASSERT_EQ(events.size(), 1U);
    const auto& event = events.front();
    EXPECT_EQ(event.stream, (domain::StreamId{std::string(domain::outcome_category), "c1"}));
    EXPECT_EQ(event.version.value, 1);
    EXPECT_EQ(event.type, type);
    EXPECT_TRUE(event.last);
}

TEST(Decision, EventsFollowOnTheStreamAndTheLastSaysSo) {
    const auto both = answered(Toys::command("add-two"));
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].version.value, 4);
    EXPECT_EQ(both[1].version.value, 5);
    EXPECT_EQ(both[0].ordinal, 0);
    EXPECT_EQ(both[1].ordinal, 1);
    EXPECT_FALSE(both[0].last);
    EXPECT_TRUE(both[1].last);
    EXPECT_EQ(both[1].command_position.value, 7);
    EXPECT_EQ(both[1].issuer.subject, "ada");
    EXPECT_EQ(both[1].correlation_id, "k");
}

TEST(Decision, RefusesFirstOfAllWhoMayNot) {
    auto command = Toys::command("forbidden");
    for (const auto& expected : {std::optional<domain::StreamVersion>(), {{99}}}) {
        command.command.expected_version = expected;
        EXPECT_EQ(
            Toys().decide(command).what, (decltype(domain::Verdict::what)(domain::forbidden()))
        );
    }
}

TEST(Decision, TellsTheAggregateWhoAsks) {
    auto command = Toys::command("tell");
    command.command.issuer = {"ada", R"({"groups":["clerk"]})", "idp"};
    command.command.time = domain::Timestamp(std::chrono::seconds(5));
    const auto verdict = Toys().decide(command);
    const auto& events = std::get<std::vector<domain::NewEvent>>(verdict.what);
    EXPECT_EQ(events.at(0).data, R"("idp ada clerk 5 c1 t 3 k")");
}

TEST(Decision, EachCommandOfABatchStandsOnThoseBeforeIt) {
    std::vector<domain::StoredCommand> batch;
    for (const char* name : {"add-two", "throw", "refuse", "add", "nothing", "add"}) {
        batch.push_back(Toys::command(name));
    }
    batch.back().command.expected_version = domain::StreamVersion{6};
    std::vector<std::int64_t> before;
    const auto verdicts = Toys().decide(batch);
    for (const auto& verdict : verdicts) before.push_back(verdict.before.value);
    EXPECT_EQ(before, (std::vector<std::int64_t>{3, 5, 5, 5, 6, 6}));
    EXPECT_TRUE(std::holds_alternative<std::vector<domain::NewEvent>>(verdicts.back().what));
}

TEST(Decision, NothingNewIsAnAnswerToo) {
    expect_outcome(answered(Toys::command("nothing")), domain::outcome_unchanged);
}

TEST(Decision, TheDomainMaySayNo) {
    const auto refused = answered(Toys::command("refuse"));
    expect_outcome(refused, domain::outcome_rejected);
    EXPECT_NE(refused[0].data.find("\"refused\""), std::string::npos);
}

TEST(Decision, AnotherVersionThanExpectedIsRejected) {
    auto conditional = Toys::command("add");
    conditional.command.expected_version = domain::StreamVersion{2};
    const auto conflict = answered(conditional);
    expect_outcome(conflict, domain::outcome_rejected);
    EXPECT_NE(conflict[0].data.find("version-conflict"), std::string::npos);
    conditional.command.expected_version = domain::StreamVersion{3};
    EXPECT_EQ(answered(conditional)[0].type, "added");
}

TEST(Decision, AnyVersionIsOneThatExists) {
    auto conditional = Toys::command("add");
    conditional.command.expected_version = domain::any_version;
    EXPECT_EQ(answered(conditional)[0].type, "added");
    conditional.command.stream.entity = "without history";
    const auto conflict = answered(conditional);
    EXPECT_EQ(conflict.at(0).type, domain::outcome_rejected);
    EXPECT_NE(conflict[0].data.find("Expected any version above 0, found 0."), std::string::npos);
}

TEST(Decision, OneOfSomeVersionsIsEnough) {
    auto conditional = Toys::command("add");
    const domain::StreamVersion fitting[] = {{3}, {7}};
    conditional.command.expected_version = domain::expect_versions(fitting);
    EXPECT_EQ(answered(conditional)[0].type, "added");
    const domain::StreamVersion past[] = {{1}, {2}};
    conditional.command.expected_version = domain::expect_versions(past);
    const auto conflict = answered(conditional);
    expect_outcome(conflict, domain::outcome_rejected);
    EXPECT_NE(conflict[0].data.find("Expected version 1 or 2, found 3."), std::string::npos);
}

TEST(Decision, AThrowIsTriedAgain) {
    EXPECT_EQ(answered(Toys::command("throw-once"))[0].type, "added");
}

TEST(Decision, AThrowThatStaysFailsTheCommandAndTellsNobodyButTheOperator) {
    const auto command = Toys::command("throw");
    const domain::Verdict verdict = Toys().decide(command);
    EXPECT_EQ(
        std::get<domain::Failure>(verdict.what), (domain::Failure{"threw", "thrown on purpose"})
    );
    const auto failed = answer(command, verdict, {});
    expect_outcome(failed, domain::outcome_failed);
    EXPECT_NE(failed[0].data.find("\"threw\""), std::string::npos);
    EXPECT_EQ(failed[0].data.find("thrown on purpose"), std::string::npos);
}

TEST(Decision, WhateverIsThrownIsAFailure) {
    const auto failure = std::get<domain::Failure>(Toys().decide(Toys::command("throw-int")).what);
    EXPECT_EQ(failure.code, "threw");
    EXPECT_NE(failure.reason.find("no std::exception"), std::string::npos);
}

TEST(Decision, ACommandThatNobodyKnowsFails) {
    auto stray = Toys::command("add");
    stray.command.stream.category = "gone";
    const auto failure = std::get<domain::Failure>(Toys().decide(stray).what);
    EXPECT_EQ(failure.code, "no-such-aggregate");
}

TEST(LocalDecider, GoesOnBehindASnapshotAndTakesOne) {
    Toys toys;
    LocalDecider decider(toys.aggregates, {.snapshots = {.events = 2}});
    const std::vector batch{Toys::command("add-two")};
    const std::vector<domain::Snapshot> snapshots{{{"toy", "t"}, {100}, "1100"}};
    decider.begin(batch, {}, {});
    decider.restore(snapshots);
    decider.give({}, true);
    EXPECT_EQ(std::get<domain::Verdicts>(decider.wait({})).at(0).before.value, 100);
    EXPECT_EQ(
        decider.snapshots(), (std::vector<domain::TakenSnapshot>{{{"toy", "t"}, {102}, "1102"}})
    );
    EXPECT_TRUE(decider.snapshots().empty());
}

// Its version may be that of another event, which is stored in its place.
TEST(LocalDecider, TakesNoSnapshotOfWhatIsUndone) {
    Toys toys;
    LocalDecider decider(toys.aggregates, {.snapshots = {.events = 1}});
    const std::vector batch{Toys::command("add")};
    decider.begin(batch, {}, {});
    decider.give({}, true);
    ASSERT_TRUE(std::holds_alternative<domain::Verdicts>(decider.wait({})));
    decider.undo();
    EXPECT_TRUE(decider.snapshots().empty());
}

TEST(LocalDecider, WantsTheWholeHistoryWhereItCannotReadTheSnapshot) {
    Toys toys;
    LocalDecider decider(toys.aggregates, {});
    const std::vector batch{Toys::command("add")};
    const std::vector<domain::Snapshot> snapshots{{{"toy", "t"}, {100}, "no number"}};
    decider.begin(batch, {}, {});
    decider.restore(snapshots);
    std::vector<domain::EventEnvelope> behind(1);
    behind[0].stream = {"toy", "t"};
    behind[0].version = {101};
    decider.give(behind, true);
    const auto wanted = std::get<domain::Wanted>(decider.wait({}));
    EXPECT_EQ(wanted.streams, (std::vector<domain::StreamId>{{"toy", "t"}}));
    behind[0].version = {1};
    decider.give(behind, true);
    EXPECT_EQ(std::get<domain::Verdicts>(decider.wait({})).at(0).before.value, 1);
}

}  // namespace
}  // namespace services::worker

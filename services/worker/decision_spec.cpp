#include "domain/kernel/outcome.hpp"
#include "services/worker/decision.hpp"
#include "tests/kit/toy_aggregate.hpp"

#include <gtest/gtest.h>

namespace services::worker {
namespace {

const kit::ToyAggregate toy;

domain::StoredCommand command(std::string name) {
    domain::StoredCommand stored;
    stored.position = {7};
    stored.command.id = "c1";
    stored.command.stream = {"toy", "t"};
    stored.command.name = std::move(name);
    stored.command.issuer.subject = "ada";
    stored.command.correlation_id = "k";
    return stored;
}

Answer answer(const domain::StoredCommand& stored, domain::StreamVersion version = {3}) {
    return decide(&toy, stored, {version, std::make_shared<const int>(3)}, {}, 3);
}

void expect_outcome(const Answer& answer, std::string_view type) {
    ASSERT_EQ(answer.events.size(), 1U);
    const auto& event = answer.events.front();
    EXPECT_EQ(event.stream, (domain::StreamId{std::string(domain::outcome_category), "c1"}));
    EXPECT_EQ(event.version.value, 1);
    EXPECT_EQ(event.type, type);
    EXPECT_TRUE(event.last);
    EXPECT_EQ(answer.state.version.value, 3) << "the aggregate itself did not move";
}

TEST(Decision, EventsFollowOnTheStreamAndTheLastSaysSo) {
    const Answer both = answer(command("add-two"));
    ASSERT_EQ(both.events.size(), 2U);
    EXPECT_EQ(both.events[0].version.value, 4);
    EXPECT_EQ(both.events[1].version.value, 5);
    EXPECT_EQ(both.events[0].ordinal, 0);
    EXPECT_EQ(both.events[1].ordinal, 1);
    EXPECT_FALSE(both.events[0].last);
    EXPECT_TRUE(both.events[1].last);
    EXPECT_EQ(both.events[1].command_position.value, 7);
    EXPECT_EQ(both.events[1].issuer.subject, "ada");
    EXPECT_EQ(both.events[1].correlation_id, "k");
    EXPECT_EQ(both.state.version.value, 5);
    EXPECT_EQ(kit::ToyAggregate::count_of(both.state.state), 5);
}

TEST(Decision, NothingNewIsAnAnswerToo) {
    expect_outcome(answer(command("nothing")), domain::outcome_unchanged);
}

TEST(Decision, TheDomainMaySayNo) {
    const Answer refused = answer(command("refuse"));
    expect_outcome(refused, domain::outcome_rejected);
    EXPECT_NE(refused.events[0].data.find("\"refused\""), std::string::npos);
}

TEST(Decision, AnotherVersionThanExpectedIsRejected) {
    auto conditional = command("add");
    conditional.command.expected_version = domain::StreamVersion{2};
    const Answer conflict = answer(conditional);
    expect_outcome(conflict, domain::outcome_rejected);
    EXPECT_NE(conflict.events[0].data.find("version-conflict"), std::string::npos);
    conditional.command.expected_version = domain::StreamVersion{3};
    EXPECT_EQ(answer(conditional).events[0].type, "added");
}

TEST(Decision, AThrowIsTriedAgain) {
    EXPECT_EQ(answer(command("throw-once")).events[0].type, "added");
}

TEST(Decision, AThrowThatStaysFailsTheCommandAndTellsNobodyButTheLog) {
    const Answer failed = answer(command("throw"));
    expect_outcome(failed, domain::outcome_failed);
    EXPECT_EQ(failed.failure, "thrown on purpose");
    EXPECT_EQ(failed.events[0].data.find("thrown on purpose"), std::string::npos);
}

TEST(Decision, ACommandThatNobodyKnowsFails) {
    expect_outcome(decide(nullptr, command("add"), {{3}, nullptr}, {}, 3), domain::outcome_failed);
}

}  // namespace
}  // namespace services::worker

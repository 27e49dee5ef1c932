#pragma once

#include "tests/contract/store_world.hpp"
#include "tests/kit/samples.hpp"

namespace contract {

class CommandAttemptsSuite : public StoreSuite {
  protected:
    using Skipped = domain::CommandAttempts::Skipped;

    std::unique_ptr<domain::CommandAttempts> attempts = world->make_command_attempts();

    domain::StoredCommand stored(int n) {
        const domain::NewCommand command = kit::sample_command(n);
        return {world->make_command_log()->append({&command, 1})[0].position, command.command};
    }

    void answer(const domain::StoredCommand& command, std::int64_t version) {
        domain::EventEnvelope event = kit::sample_event(1, "ada's", version);
        event.command_id = command.command.id;
        event.command_position = command.position;
        event.issuer = command.command.issuer;
        const domain::EventBatch batch{{}, {event}};
        const auto result = world->make_event_log()->append(batch);
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(result));
    }
};

TEST_P(CommandAttemptsSuite, CountsAndKeepsTheFirstReason) {
    const auto first = stored(1), second = stored(2);
    attempts->add(second, {"timed-out", "no end"});
    attempts->add(first, {"crashed", "signal 6"});
    attempts->add(first, {"timed-out", "no end"});
    const std::vector<domain::AttemptedCommand> expected{
        {first.position, first.command.stream, 2, false, {"crashed", "signal 6"}},
        {second.position, second.command.stream, 1, false, {"timed-out", "no end"}}};
    EXPECT_EQ(world->make_command_attempts()->open(), expected);
}

TEST_P(CommandAttemptsSuite, TakesWhateverADyingProcessSaid) {
    const auto command = stored(1);
    attempts->add(command, {"crashed", std::string("\xff\0 'said\\", 9)});
    ASSERT_EQ(attempts->open().size(), 1U);
    EXPECT_NE(attempts->open()[0].first.reason.find("said"), std::string::npos);
}

TEST_P(CommandAttemptsSuite, SkipsWhatHasNoAnswerYet) {
    const auto tried = stored(1), fresh = stored(2), done = stored(3);
    attempts->add(tried, {"crashed", "signal 6"});
    answer(done, 1);
    EXPECT_EQ(attempts->skip(tried.command.id), Skipped::marked);
    EXPECT_EQ(attempts->skip(fresh.command.id), Skipped::marked);
    EXPECT_EQ(attempts->skip(fresh.command.id), Skipped::marked) << "again";
    EXPECT_EQ(attempts->skip(done.command.id), Skipped::answered);
    EXPECT_EQ(attempts->skip(kit::sample_id(9)), Skipped::unknown);
    const auto open = attempts->open();
    ASSERT_EQ(open.size(), 2U);
    EXPECT_TRUE(open[0].skip && open[1].skip);
    EXPECT_EQ(open[0].attempts, 1);
    EXPECT_EQ(open[1].attempts, 0);
    attempts->add(fresh, {"crashed", "signal 11"});
    EXPECT_EQ(attempts->open()[1].first.reason, "signal 11");
}

TEST_P(CommandAttemptsSuite, ForgetsWhatIsAnswered) {
    const auto one = stored(1), other = stored(2);
    attempts->add(one, {"crashed", "signal 6"});
    attempts->add(other, {"crashed", "signal 6"});
    answer(one, 1);
    ASSERT_EQ(attempts->open().size(), 1U);
    EXPECT_EQ(attempts->open()[0].position, other.position);
    attempts->prune();
    EXPECT_EQ(attempts->open().size(), 1U);
    answer(other, 2);
    EXPECT_TRUE(attempts->open().empty());
    attempts->prune();
    EXPECT_TRUE(attempts->open().empty());
}

}  // namespace contract

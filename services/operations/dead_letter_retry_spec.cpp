#include "domain/kernel/outcome.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_dead_letters.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "services/operations/dead_letter_retry.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

namespace services::operations {
namespace {

using Ids = std::vector<std::string>;

class DeadLetterRetrySpec : public testing::Test {
  protected:
    /// The n-th command, which fails.
    std::string failed(int n, const std::string& category = "account") {
        domain::NewCommand command = kit::sample_command(n);
        command.command.stream.category = category;
        const auto position = commands.append({&command, 1})[0].position;
        fail({position, command.command});
        return command.command.id;
    }

    void fail(const domain::StoredCommand& command) {
        domain::EventEnvelope event;
        event.stream = {std::string(domain::outcome_category), command.command.id};
        event.version = {1};
        event.type = domain::outcome_failed;
        event.data = domain::failed(command.command, "threw", "An error occurred.").data;
        event.command_id = command.command.id;
        event.command_position = command.position;
        event.last = true;
        events.append({{}, {event}});
    }

    Ids retry(const std::string& category = "") {
        Ids retried;
        DeadLetterRetry operation(
            letters,
            category,
            events.head().position,
            [&](const domain::DeadLetter& letter) { retried.push_back(letter.command.command.id); }
        );
        while (operation.step(2)) {
        }
        EXPECT_EQ(operation.advance().done, static_cast<std::int64_t>(retried.size()));
        return retried;
    }

    /// What stands in the command log behind the first `count`.
    Ids commands_behind(std::int64_t count) {
        Ids ids;
        for (const auto& command : commands.read({count}, 100)) ids.push_back(command.command.id);
        return ids;
    }

    infra::memory::MemoryStore store;
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog events{store};
    infra::memory::MemoryDeadLetters letters{store};
};

TEST_F(DeadLetterRetrySpec, SendsThemInTheOrderInWhichTheyFailed) {
    const Ids ids{failed(3), failed(1), failed(5), failed(2), failed(4)};
    EXPECT_EQ(retry(), ids);
    Ids expected;
    for (const auto& id : ids) expected.push_back(retry_id(id));
    EXPECT_EQ(commands_behind(5), expected);
    EXPECT_EQ(retry(), Ids{}) << "each once";
}

TEST_F(DeadLetterRetrySpec, OfOneCategory) {
    const auto one = failed(1), other = failed(2, "other");
    EXPECT_EQ(retry("other"), Ids{other});
    EXPECT_EQ(retry(), Ids{one});
}

TEST_F(DeadLetterRetrySpec, LeavesThoseThatFailMeanwhile) {
    const auto id = failed(1);
    DeadLetterRetry operation(letters, "", events.head().position, [&](const auto&) {
        const auto again = commands.find(retry_id(id));
        if (again) fail(*again);
    });
    while (operation.step(1)) {
    }
    EXPECT_EQ(operation.advance().done, 1);
    EXPECT_EQ(retry(), Ids{retry_id(id)});
}

TEST_F(DeadLetterRetrySpec, GoesOnAfterAnAnswerThatWasLost) {
    const auto id = failed(1);
    store.forget_acknowledgements(1);
    EXPECT_THROW(retry(), domain::WorldError);
    EXPECT_EQ(retry(), Ids{});
    EXPECT_EQ(commands_behind(1), Ids{retry_id(id)});
}

}  // namespace
}  // namespace services::operations

#include "domain/kernel/error.hpp"
#include "gateway/commands/intake.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_append_notices.hpp"
#include "infra/memory/memory_command_log.hpp"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <thread>

namespace gateway::commands {
namespace {

using namespace std::chrono_literals;
using Kind = domain::Acceptance::Kind;

domain::NewCommand command(std::string id, std::string data = "{}", std::string user = "ada") {
    domain::NewCommand made;
    made.command.id = std::move(id);
    made.command.stream = {"counter", "1"};
    made.command.data = std::move(data);
    made.command.issuer.subject = std::move(user);
    made.fingerprint = made.command.data;
    return made;
}

class IntakeSpec : public ::testing::Test {
  protected:
    std::optional<Refusal> offer(domain::NewCommand offered) {
        const std::string id = offered.command.id;
        return intake_.offer(std::move(offered), [this, id](IntakeAnswer answer) {
            answers_.emplace(id, std::move(answer));
        });
    }

    bool notified() { return notices_.wait_above(domain::Log::commands, 0, 0ms) > 0; }

    infra::memory::MemoryStore store_;
    infra::memory::MemoryCommandLog log_{store_};
    infra::memory::MemoryAppendNotices notices_;
    infra::memory::MemoryAppendNotifier notifier_{notices_};
    infra::memory::ManualClock clock_;
    Intake intake_{
        log_,
        notifier_,
        clock_,
        {.waiting_max = 4,
         .waiting_max_bytes = 100,
         .waiting_max_per_user_percent = 100,
         .batch_max = 3,
         .batch_max_bytes = 50}};
    std::multimap<std::string, IntakeAnswer> answers_;
};

TEST_F(IntakeSpec, AppendsWhatWaitsInOneBatch) {
    EXPECT_FALSE(intake_.step());
    for (const char* id : {"a", "b", "c"}) EXPECT_EQ(offer(command(id)), std::nullopt);
    EXPECT_TRUE(answers_.empty());
    EXPECT_FALSE(intake_.idle());
    EXPECT_FALSE(notified());

    EXPECT_TRUE(intake_.step());
    ASSERT_EQ(answers_.size(), 3u);
    EXPECT_EQ(answers_.find("a")->second->position.value, 1);
    EXPECT_EQ(answers_.find("c")->second->position.value, 3);
    EXPECT_TRUE(intake_.idle());
    EXPECT_TRUE(notified());
    EXPECT_FALSE(intake_.step());
}

TEST_F(IntakeSpec, BoundsABatchByNumberAndBytes) {
    for (const char* id : {"a", "b", "c", "d"}) offer(command(id));
    intake_.step();
    EXPECT_EQ(answers_.size(), 3u);
    intake_.step();
    EXPECT_EQ(answers_.size(), 4u);

    offer(command("e", std::string(40, ' ')));
    offer(command("f", std::string(40, ' ')));
    intake_.step();
    EXPECT_EQ(answers_.size(), 5u);
    intake_.step();
    EXPECT_EQ(answers_.size(), 6u);
}

TEST_F(IntakeSpec, RefusesMoreThanMayWait) {
    for (const char* id : {"a", "b", "c", "d"}) EXPECT_EQ(offer(command(id)), std::nullopt);
    EXPECT_EQ(offer(command("e")), Refusal::overloaded);
    intake_.step();
    EXPECT_EQ(offer(command("e", std::string(99, ' '))), Refusal::overloaded);
    EXPECT_EQ(offer(command("e", std::string(98, ' '))), std::nullopt);
}

TEST_F(IntakeSpec, TakesTheUsersInTurnAndEachOnesInOrder) {
    Intake intake(log_, notifier_, clock_, {.batch_max = 4});
    const auto ask = [&](const char* id, const char* user) {
        intake.offer(command(id, "{}", user), [](const IntakeAnswer&) {});
    };
    for (const char* id : {"a1", "a2", "a3", "a4", "a5"}) ask(id, "ada");
    for (const char* id : {"b1", "b2"}) ask(id, "bob");
    intake.step();
    ask("c1", "cyd");
    intake.step();
    std::vector<std::string> ids;
    for (const auto& stored : log_.read({}, 9)) ids.push_back(stored.command.id);
    EXPECT_EQ(ids, (std::vector<std::string>{"a1", "b1", "a2", "b2", "a3", "c1", "a4", "a5"}));
    EXPECT_TRUE(intake.idle());
}

TEST_F(IntakeSpec, LeavesRoomForOthersThanTheOneWhoFloods) {
    Intake intake(
        log_,
        notifier_,
        clock_,
        {.waiting_max = 20, .waiting_max_bytes = 1'000, .waiting_max_per_user_percent = 25}
    );
    int ids = 0;
    const auto ask = [&](const std::string& user, std::size_t bytes) {
        const std::string id = std::to_string(++ids);
        return intake.offer(command(id, std::string(bytes, ' '), user), [](const IntakeAnswer&) {});
    };
    for (int i = 0; i < 5; ++i) EXPECT_EQ(ask("flood", 1), std::nullopt);
    EXPECT_EQ(ask("flood", 1), Refusal::user_overloaded);
    EXPECT_EQ(ask("large", 200), std::nullopt);
    EXPECT_EQ(ask("large", 51), Refusal::user_overloaded);
    EXPECT_EQ(ask("large", 50), std::nullopt);
    for (int i = 0; i < 13; ++i) EXPECT_EQ(ask("user-" + std::to_string(i), 1), std::nullopt);
    EXPECT_EQ(ask("late", 1), Refusal::overloaded);

    intake.step();
    EXPECT_TRUE(intake.idle());
    EXPECT_EQ(ask("larger than its share", 900), std::nullopt);
}

TEST_F(IntakeSpec, RefusesAnIdThatIsUnderWay) {
    EXPECT_EQ(offer(command("a")), std::nullopt);
    EXPECT_EQ(offer(command("a")), Refusal::in_flight);
    intake_.step();
    EXPECT_EQ(offer(command("a")), std::nullopt);
    EXPECT_EQ(offer(command("a", "[]")), Refusal::in_flight);
    intake_.step();
    ASSERT_EQ(answers_.size(), 2u);
    EXPECT_EQ(answers_.begin()->second->kind, Kind::accepted);
    EXPECT_EQ(std::next(answers_.begin())->second->kind, Kind::repeated);
}

TEST_F(IntakeSpec, TriesABatchAgainUntilItIsStored) {
    offer(command("a"));
    store_.fail_next(1);
    EXPECT_THROW(intake_.step(), domain::WorldError);
    store_.forget_acknowledgements(1);
    offer(command("b"));
    EXPECT_THROW(intake_.step(), domain::WorldError);
    EXPECT_TRUE(answers_.empty());
    EXPECT_FALSE(intake_.idle());

    EXPECT_TRUE(intake_.step());
    EXPECT_EQ(answers_.find("a")->second->position.value, 1);
    EXPECT_EQ(answers_.find("b")->second->position.value, 2);
    EXPECT_EQ(log_.read({}, 9).size(), 2u);
}

TEST_F(IntakeSpec, AnswersInTimeWhateverTheStoreDoes) {
    offer(command("a"));
    store_.fail_next(1);
    EXPECT_THROW(intake_.step(), domain::WorldError);
    offer(command("b"));
    clock_.advance(4'999ms);
    intake_.expire();
    EXPECT_TRUE(answers_.empty());
    clock_.advance(1s);
    intake_.expire();
    ASSERT_EQ(answers_.size(), 2u);
    EXPECT_EQ(answers_.find("a")->second, std::nullopt);
    EXPECT_EQ(offer(command("a")), Refusal::in_flight);

    EXPECT_FALSE(intake_.step());
    EXPECT_EQ(answers_.size(), 2u);
    EXPECT_TRUE(intake_.idle());
    offer(command("a"));
    intake_.step();
    EXPECT_EQ(std::next(answers_.begin())->second->kind, Kind::accepted);
}

TEST_F(IntakeSpec, GivesUpOnABatchThatTheStoreNeverTakes) {
    store_.fail_next(2);
    offer(command("poison"));
    EXPECT_THROW(intake_.step(), domain::WorldError);
    clock_.advance(4s);
    offer(command("b"));
    EXPECT_THROW(intake_.step(), domain::WorldError);
    clock_.advance(1'500ms);
    EXPECT_TRUE(intake_.step());
    EXPECT_EQ(answers_.find("poison")->second, std::nullopt);
    EXPECT_EQ(answers_.find("b")->second->position.value, 1);
}

TEST_F(IntakeSpec, TakesNothingMoreOnceClosed) {
    offer(command("a"));
    intake_.close();
    EXPECT_EQ(offer(command("b")), Refusal::closed);
    intake_.wait(1h);
    EXPECT_TRUE(intake_.step());
    EXPECT_EQ(answers_.size(), 1u);
}

TEST_F(IntakeSpec, AnswersEachOfManyThreadsOnce) {
    Intake intake(log_, notifier_, clock_);
    std::atomic<int> answered = 0;
    std::thread writer([&] {
        while (answered < 4'000) {
            if (!intake.step()) intake.wait(10ms);
        }
    });
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 1'000; ++i) {
                std::promise<std::int64_t> done;
                const auto id = std::to_string(t) + '-' + std::to_string(i);
                ASSERT_EQ(
                    intake.offer(
                        command(id),
                        [&](IntakeAnswer answer) {
                            ++answered;
                            done.set_value(answer->position.value);
                        }
                    ),
                    std::nullopt
                );
                EXPECT_GT(done.get_future().get(), 0);
            }
        });
    }
    for (auto& thread : threads) thread.join();
    writer.join();
    EXPECT_EQ(log_.read({}, 9'999).size(), 4'000u);
}

}  // namespace
}  // namespace gateway::commands

#include "domain/kernel/error.hpp"
#include "infra/runtime/crew.hpp"
#include "infra/runtime/step_loop.hpp"
#include "infra/runtime/system_clock.hpp"

#include <gtest/gtest.h>

namespace infra::runtime {
namespace {

using namespace std::chrono_literals;

constexpr Backoff brief{1ms, 2ms};

TEST(StepLoop, StepsWhileBusyWaitsWhenIdleAndFinishes) {
    std::stop_source stop;
    std::string calls;
    const Core core{
        .name = "spec",
        .step =
            [&] {
                calls += 's';
                return calls.size() < 3;
            },
        .wait =
            [&] {
                calls += 'w';
                stop.request_stop();
            },
        .finish = [&] { calls += 'f'; }};
    run_until_stopped(core, SystemClock(), stop.get_token());
    EXPECT_EQ(calls, "ssswf");
}

TEST(StepLoop, GoesOnAfterTheWorldFailed) {
    std::stop_source stop;
    int steps = 0;
    const Core core{
        .name = "spec",
        .step = [&]() -> bool {
            if (++steps < 4) throw domain::WorldError("away");
            stop.request_stop();
            return true;
        },
        .wait = [] {},
        .finish = [] { throw domain::WorldError("away again"); }};
    run_until_stopped(core, SystemClock(), stop.get_token(), brief);
    EXPECT_EQ(steps, 4);
}

TEST(StepLoop, LetsASetupErrorThrough) {
    const Core core{
        .name = "spec",
        .step = []() -> bool { throw domain::SetupError("wrong topic"); },
        .wait = [] {}};
    EXPECT_THROW(
        run_until_stopped(core, SystemClock(), std::stop_source().get_token()), domain::SetupError
    );
}

TEST(RepeatedError, IsLoggedFirstThenEachTimeSpanWithACount) {
    RepeatedError repeated(10s);
    EXPECT_EQ(repeated.occurred("away", 0s), "away");
    EXPECT_EQ(repeated.occurred("away", 9s), std::nullopt);
    EXPECT_EQ(repeated.occurred("away", 10s), "away (failed 3 times in a row)");
    EXPECT_EQ(repeated.occurred("refused", 11s), "refused (failed 4 times in a row)");
    EXPECT_EQ(repeated.over(), "works again after 4 failures");
    EXPECT_EQ(repeated.over(), std::nullopt);
}

TEST(Crew, EndsTogetherAndTellsWhy) {
    Crew crew;
    crew.start([](const std::stop_token& stop) { sleep_unless_stopped(1h, stop); });
    crew.start([](const std::stop_token&) { throw domain::SetupError("wrong topic"); });
    EXPECT_THROW(crew.join(), domain::SetupError);
    EXPECT_TRUE(crew.stop_source().stop_requested());
}

}  // namespace
}  // namespace infra::runtime

#include "domain/kernel/error.hpp"
#include "infra/memory/manual_clock.hpp"
#include "infra/runtime/crew.hpp"
#include "infra/runtime/step_loop.hpp"
#include "infra/runtime/system_clock.hpp"
#include "tests/kit/log_lines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

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

/// The log of steps that do this, four seconds each, one after the other.
std::string log_of(const std::vector<std::string>& failures) {
    const kit::LogLines log;
    std::stop_source stop;
    memory::ManualClock clock;
    auto next = failures.begin();
    const Core core{
        .name = "spec",
        .step = [&]() -> bool {
            if (next == failures.end()) {
                stop.request_stop();
                return true;
            }
            clock.advance(4s);
            const std::string& what = *next++;
            if (!what.empty()) throw domain::WorldError(what);
            return true;
        },
        .wait = [] {}};
    run_until_stopped(core, clock, stop.get_token(), brief);
    return log.text();
}

TEST(StepLoop, TellsOfEachKindOfFailureOnceInAWhile) {
    EXPECT_EQ(
        log_of({"away 1", "away 2", "refused", "away 3"}),
        "spec: away 1\n"
        "spec: refused (2 times)\n"
        "spec: away 3\n"
        "spec: works again after 4 failures\n"
    );
}

TEST(StepLoop, TellsWhatComesAndGoesOnceInAWhile) {
    EXPECT_EQ(
        log_of({"away", "", "away", "", "away", "", "away", ""}),
        "spec: away\n"
        "spec: works again after 1 failures\n"
        "spec: away (2 times)\n"
        "spec: works again after 2 failures\n"
    );
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

#include "infra/runtime/step_loop.hpp"
#include "infra/runtime/stop_signals.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <unistd.h>

namespace infra::runtime {
namespace {

TEST(StopSignals, TheFirstAsksToStop) {
    const StopSignals signals;
    kill(getpid(), SIGTERM);
    sleep_unless_stopped(std::chrono::minutes(1), signals.source().get_token());
    EXPECT_TRUE(signals.source().stop_requested());
}

TEST(StopSignals, TheSecondEndsTheProcess) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    EXPECT_EXIT(
        {
            const StopSignals signals;
            kill(getpid(), SIGTERM);
            sleep_unless_stopped(std::chrono::minutes(1), signals.source().get_token());
            kill(getpid(), SIGINT);
            pause();
        },
        testing::ExitedWithCode(128 + SIGINT),
        ""
    );
}

TEST(StopSignals, EndsWithoutASignal) {
    { const StopSignals signals; }
    SUCCEED();
}

}  // namespace
}  // namespace infra::runtime

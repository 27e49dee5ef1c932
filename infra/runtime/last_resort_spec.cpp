#include "infra/runtime/last_resort.hpp"

#include <gtest/gtest.h>

namespace infra::runtime {
namespace {

using namespace std::chrono_literals;

TEST(LastResort, EndsWhatDoesNotStop) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            std::stop_source stop;
            const LastResort last_resort(stop.get_token(), 1ms);
            stop.request_stop();
            for (;;) std::this_thread::yield();
        },
        testing::ExitedWithCode(1),
        ""
    );
}

TEST(LastResort, LeavesAloneWhatStopsInTime) {
    std::stop_source stop;
    {
        const LastResort last_resort(stop.get_token(), 1h);
        stop.request_stop();
    }
    const LastResort never_asked(std::stop_source().get_token(), 0ms);
}

}  // namespace
}  // namespace infra::runtime

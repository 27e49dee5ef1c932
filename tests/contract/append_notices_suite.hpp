#pragma once

#include "tests/contract/store_world.hpp"

#include <chrono>

namespace contract {

class AppendNoticesSuite : public StoreSuite {
  protected:
    static constexpr std::chrono::milliseconds brief{20};
    static constexpr std::chrono::seconds endless{60};

    std::unique_ptr<domain::AppendNotifier> notifier = world->make_append_notifier();
    std::unique_ptr<domain::AppendListener> listener =
        world->make_append_listener(domain::Log::events);

    std::chrono::steady_clock::duration time_to_wait(std::chrono::milliseconds timeout) {
        auto start = std::chrono::steady_clock::now();
        listener->wait(timeout);
        return std::chrono::steady_clock::now() - start;
    }
};

TEST_P(AppendNoticesSuite, WakesTheListenerOfTheLog) {
    listener->wait(brief);  // from here on it listens
    notifier->appended(domain::Log::events);
    EXPECT_LT(time_to_wait(endless), endless / 2);
}

TEST_P(AppendNoticesSuite, ManyNoticesWakeToo) {
    listener->wait(brief);
    for (int n = 0; n < 1000; ++n) notifier->appended(domain::Log::events);
    EXPECT_LT(time_to_wait(endless), endless / 2);
}

TEST_P(AppendNoticesSuite, WaitsNoLongerThanAsked) {
    EXPECT_LT(time_to_wait(brief), endless / 2);
    EXPECT_LT(time_to_wait(std::chrono::milliseconds(0)), endless / 2);
}

TEST_P(AppendNoticesSuite, TheOtherLogIsNotOurs) {
    listener->wait(brief);
    notifier->appended(domain::Log::commands);
    EXPECT_GE(time_to_wait(brief), brief);
}

}  // namespace contract

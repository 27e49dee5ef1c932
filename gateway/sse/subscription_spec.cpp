#include "gateway/sse/spec_world.hpp"
#include "gateway/sse/subscription.hpp"
#include "gateway/sse/user_events.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace gateway::sse::spec {
namespace {

struct OneSubject : testing::Test {
    OneSubject() {
        for (int i = 0; i < 3; ++i) world.log.append("ada");
        world.start();
    }

    std::unique_ptr<Subscription> open(const std::string& requested) {
        return std::make_unique<Subscription>(
            world.hub,
            std::make_shared<UserEvents>("ada"),
            begin_at_head,
            requested,
            settings,
            [this] { ++wakes; }
        );
    }

    void read(Subscription& subscription) {
        ASSERT_EQ(subscription.next(), Subscription::Next::read);
        subscription.page(subscription.sequence()->read(world.log, subscription.after(), settings));
    }

    static std::string text(Subscription& subscription) {
        std::string all;
        for (const auto& bytes : subscription.take()) all += *bytes;
        return all;
    }

    World world{1};
    SseSettings settings;
    int wakes = 0;
};

TEST_F(OneSubject, StartsAtTheHeadWithReady) {
    auto subscription = open("");
    read(*subscription);
    EXPECT_EQ(text(*subscription), *ready_frame({1, {3}}));
    EXPECT_EQ(subscription->next(), Subscription::Next::wait);
}

TEST_F(OneSubject, ResumesWithTheRestAndNothingElse) {
    auto subscription = open("1-2");
    read(*subscription);
    EXPECT_EQ(text(*subscription), *event_frame(world.log.events[2], 1).bytes);
    EXPECT_EQ(subscription->next(), Subscription::Next::wait);
}

TEST_F(OneSubject, ResetsWhatItCannotResume) {
    const std::array<std::pair<std::string, std::string>, 4> cases{{
        {"garbage", "malformed"},
        {"a b\r\n", "malformed"},
        {"2-1", "other-incarnation"},
        {"1-4", "above-head"},
    }};
    for (const auto& [requested, reason] : cases) {
        auto subscription = open(requested);
        world.check();
        world.check();
        read(*subscription);
        EXPECT_EQ(text(*subscription), *reset_frame(requested, reason, {1, {3}}));
        EXPECT_EQ(subscription->next(), Subscription::Next::wait);
    }
}

TEST_F(OneSubject, IsNotResetByAStoreThatLags) {
    world.log.append("ada");  // of which the hub knows nothing yet
    auto subscription = open("1-4");
    world.log.lag = 1;
    read(*subscription);
    world.check();
    read(*subscription);
    world.check();
    read(*subscription);
    EXPECT_EQ(text(*subscription), "");
    world.log.lag = 0;
    read(*subscription);
    EXPECT_EQ(subscription->next(), Subscription::Next::wait);
}

TEST_F(OneSubject, EndsWhenTheLogIsAnotherOne) {
    auto subscription = open("1-2");
    read(*subscription);
    text(*subscription);
    world.log.incarnation = 2;
    world.start();
    read(*subscription);
    EXPECT_EQ(subscription->next(), Subscription::Next::end);
}

TEST_F(OneSubject, WakesItsDriverForEachThingThatTheHubBrings) {
    auto subscription = open("1-3");
    read(*subscription);
    world.log.append("ada");
    world.relay(4);
    world.deliver(4);
    EXPECT_EQ(wakes, 1);
    EXPECT_EQ(text(*subscription), *event_frame(world.log.events[3], 1).bytes);
    world.start();
    EXPECT_EQ(wakes, 2);
}

TEST_F(OneSubject, KeepsNoMoreThanItsQueueMayHold) {
    settings.queue_frames_max = 2;
    auto subscription = open("1-3");
    read(*subscription);
    for (int i = 0; i < 3; ++i) world.log.append("ada");
    world.relay(world.log.end().value);
    world.deliver(10);
    EXPECT_EQ(world.hub.counters().overflows, 1U);
    read(*subscription);
    EXPECT_EQ(subscription->take().size(), 3U);
    EXPECT_EQ(subscription->next(), Subscription::Next::wait);
}

}  // namespace
}  // namespace gateway::sse::spec

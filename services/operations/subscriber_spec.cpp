#include "domain/kernel/error.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_subscriptions.hpp"
#include "services/operations/subscriber.hpp"
#include "tests/kit/caused_event_log.hpp"
#include "tests/kit/samples.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace services::operations {
namespace {

using Positions = std::vector<std::int64_t>;

class SubscriberSpec : public testing::Test {
  protected:
    /// The n-th event, of the n-th entity.
    void happen(int n) {
        const auto event = kit::sample_event(n, "e" + std::to_string(n), 1);
        events.append({{}, {event}});
    }

    Subscriber& subscribe(
        Selection selection = {},
        std::size_t unconfirmed_max = 0,
        SubscribeFrom from = SubscribeFrom::beginning
    ) {
        return reader.emplace(
            subscriptions,
            events,
            "reports",
            from,
            std::move(selection),
            unconfirmed_max,
            [this](std::span<const domain::EventEnvelope> page) {
                for (const auto& event : page) got.push_back(event.position.value);
            }
        );
    }

    std::int64_t kept() { return subscriptions.all().at(0).place.position.value; }

    infra::memory::MemoryStore store;
    infra::memory::MemorySubscriptions subscriptions{store};
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog log{store};
    kit::CausedEventLog events{log, commands};
    std::optional<Subscriber> reader;
    Positions got;
};

TEST_F(SubscriberSpec, GetsAllThatWasAndThenWhatComes) {
    for (int n = 1; n <= 5; ++n) happen(n);
    Subscriber& one = subscribe();
    while (one.step(2)) {
    }
    EXPECT_EQ(got, (Positions{1, 2, 3, 4, 5}));
    EXPECT_TRUE(one.at_end());
    happen(6);
    EXPECT_TRUE(one.step(2));
    EXPECT_EQ(got.back(), 6);
    one.keep();
    EXPECT_EQ(kept(), 6);
}

TEST_F(SubscriberSpec, TheNextReaderGoesOnWhereTheLastKeptItsPlace) {
    for (int n = 1; n <= 4; ++n) happen(n);
    Subscriber& first = subscribe();
    first.step(2);
    first.keep();
    first.step(1);  // and dies
    got.clear();
    while (subscribe().step(10)) {
        reader->keep();
        break;
    }
    EXPECT_EQ(got, (Positions{3, 4})) << "3 again: nobody knows whether it was taken";
}

TEST_F(SubscriberSpec, OnlyTheNewestReaderKeepsAPlace) {
    happen(1);
    Subscriber& first = subscribe();
    first.step(1);
    infra::memory::MemorySubscriptions(store).claim("reports", {});
    EXPECT_THROW(first.keep(), domain::SetupError);
    EXPECT_EQ(kept(), 0);
}

TEST_F(SubscriberSpec, WhatIsNotSelectedIsPassedOver) {
    for (int n = 1; n <= 6; ++n) happen(n);
    Selection selection;
    selection.entity = "e3";
    Subscriber& one = subscribe(selection);
    while (one.step(2)) {
    }
    one.keep();
    EXPECT_EQ(got, Positions{3});
    EXPECT_EQ(kept(), 6);
}

TEST_F(SubscriberSpec, KeepsNothingThatIsNotConfirmedAndBoundsIt) {
    for (int n = 1; n <= 6; ++n) happen(n);
    Subscriber& one = subscribe({}, 3);
    while (one.step(2)) {
    }
    EXPECT_EQ(got, (Positions{1, 2, 3})) << "no more than that are under way";
    one.keep();
    EXPECT_EQ(kept(), 0);
    one.confirm({2});
    one.keep();
    EXPECT_EQ(kept(), 2);
    while (one.step(2)) {
    }
    EXPECT_EQ(got.size(), 5U);
    one.confirm({99});
    one.keep();
    EXPECT_EQ(kept(), 5) << "not beyond what was delivered";
}

TEST_F(SubscriberSpec, ANewGroupMayBeginNow) {
    happen(1);
    Subscriber& one = subscribe({}, 0, SubscribeFrom::now);
    one.step(10);
    happen(2);
    one.step(10);
    EXPECT_EQ(got, Positions{2});
}

TEST_F(SubscriberSpec, DoesNotReadOnInAnotherLifeOfTheLog) {
    happen(1);
    subscribe().step(1);
    reader->keep();
    store.raise_incarnation();
    EXPECT_THROW(subscribe().step(1), domain::SetupError);
}

TEST_F(SubscriberSpec, GoesOnAfterAnOutage) {
    happen(1);
    Subscriber& one = subscribe();
    store.fail_next(1);
    EXPECT_THROW(one.step(1), domain::WorldError);
    while (one.step(1)) {
    }
    EXPECT_EQ(got, Positions{1});
}

}  // namespace
}  // namespace services::operations

#include "gateway/sse/spec_world.hpp"
#include "gateway/sse/subscription.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace gateway::sse::spec {
namespace {

/// A client that keeps the last id that it was given, and its connection.
struct Client {
    Client(World& in, std::string who, std::string from, SseSettings with)
        : world(in), subject(std::move(who)), last_id(std::move(from)), settings(with) {
        if (const auto cursor = domain::parse_cursor(last_id)) seen = cursor->position;
        connect();
    }

    void connect() {
        page.reset();
        subscription = std::make_unique<Subscription>(world.hub, subject, last_id, settings, [] {});
    }

    void step() {
        switch (subscription->next()) {
            case Subscription::Next::read:
                if (page) {
                    subscription->page(*std::exchange(page, std::nullopt));
                } else {
                    read();
                }
                break;
            case Subscription::Next::send:
                for (const SharedBytes& bytes : subscription->take()) receive(*bytes);
                break;
            case Subscription::Next::wait:
                break;
            case Subscription::Next::end:
                FAIL() << "the log is still the same";
        }
    }

    /// The page is made now and given later: what happens in between must not matter.
    void read() {
        world.log.lag = world.number(4) == 0 ? world.number(6) : 0;
        world.log.lag = std::min(world.log.lag, world.log.end().value);
        page = read_page(world.log, subject, subscription->after(), settings);
        world.log.lag = 0;
    }

    /// Promise 5, at each event: it is the next one of this subject, and nothing lies between.
    void receive(const std::string& bytes) {
        const auto id = bytes.find("id: ");
        if (id == std::string::npos) return;  // a notification
        last_id = bytes.substr(id + 4, bytes.find('\n', id) - id - 4);
        const auto cursor = domain::parse_cursor(last_id);
        ASSERT_TRUE(cursor) << bytes;
        if (bytes.starts_with("event: ready")) {
            ASSERT_FALSE(seen);
        } else {
            ASSERT_TRUE(bytes.starts_with("data: ")) << bytes;
            const auto next = world.log.next(subject, *seen);
            ASSERT_TRUE(next) << "an event that is not there, or was sent before";
            ASSERT_EQ(cursor->position.value, next->value);
        }
        seen = cursor->position;
    }

    bool complete() { return seen && !world.log.next(subject, *seen); }

    World& world;
    std::string subject;
    std::string last_id;
    SseSettings settings;
    std::optional<domain::Position> seen;
    std::unique_ptr<Subscription> subscription;
    std::optional<Page> page;
};

SseSettings small_settings(World& world) {
    SseSettings settings;
    settings.queue_frames_max = 1 + static_cast<std::size_t>(world.number(6));
    settings.queue_bytes_max = world.chance(50) ? 500 : 100'000;
    settings.page_events_max = 1 + static_cast<std::size_t>(world.number(4));
    settings.page_bytes_max = world.chance(50) ? 500 : 100'000;
    return settings;
}

void happen(World& world, std::deque<Client>& clients) {
    const int dice = world.number(100);
    Client& client = clients[static_cast<std::size_t>(world.number(4)) % clients.size()];
    if (dice < 25) {
        world.log.append(subjects[static_cast<std::size_t>(world.number(3))]);
    } else if (dice < 40) {
        world.relay(std::min(world.relayed + 1 + world.number(4), world.log.end().value));
    } else if (dice < 56) {
        world.deliver(1 + static_cast<std::size_t>(world.number(4)));
    } else if (dice < 57) {
        world.repeat_some();
    } else if (dice < 59) {
        world.lose_one();
    } else if (dice < 60) {
        world.mix_up();
    } else if (dice < 61) {
        world.notify();
    } else if (dice < 64) {
        world.check();
    } else if (dice < 65) {
        if (world.chance(30)) world.start();
    } else if (dice < 67) {
        client.connect();
    } else {
        client.step();
    }
}

/// Faults end; everything that is under way arrives.
void settle(World& world, std::deque<Client>& clients) {
    world.relay(world.log.end().value);
    world.deliver(world.under_way.size());
    world.check();
    world.check();
    for (Client& client : clients) {
        for (int steps = 0; client.subscription->next() != Subscription::Next::wait; ++steps) {
            ASSERT_LT(steps, 10'000) << "does not come to rest";
            client.step();
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

TEST(Subscription, SendsEachEventBehindItsCursorOnceInOrderWhateverHappens) {
    HubCounters sum;
    for (unsigned seed = 0; seed < 1'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world(seed);
        for (int i = world.number(10); i > 0; --i) world.log.append(subjects[0]);
        if (world.chance(70)) world.start();
        std::deque<Client> clients;
        for (int i = 0; i < 4; ++i) {
            const auto from =
                world.chance(30)
                    ? std::string()
                    : domain::to_string(domain::Cursor{
                          1, {world.number(1 + static_cast<int>(world.log.end().value))}});
            clients.emplace_back(
                world, subjects[static_cast<std::size_t>(i) % 3], from, small_settings(world)
            );
        }
        for (int i = 0; i < 250; ++i) {
            happen(world, clients);
            if (HasFatalFailure()) return;
        }
        settle(world, clients);
        if (HasFatalFailure()) return;
        for (Client& client : clients) ASSERT_TRUE(client.complete()) << client.last_id;
        sum.taken += world.hub.counters().taken;
        sum.repeats += world.hub.counters().repeats;
        sum.gaps += world.hub.counters().gaps;
        sum.silences += world.hub.counters().silences;
        sum.overflows += world.hub.counters().overflows;
    }
    for (const auto count : {sum.taken, sum.repeats, sum.gaps, sum.silences, sum.overflows})
        EXPECT_GT(count, 100U) << "a kind of trouble that these worlds are too quiet to show";
}

}  // namespace
}  // namespace gateway::sse::spec

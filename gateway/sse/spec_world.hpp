#pragma once

#include "domain/kernel/topics.hpp"
#include "domain/ports/event_log.hpp"
#include "gateway/sse/hub.hpp"
#include "gateway/sse/subscription.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>

/// A store, a relay and a broker for specs, in one thread and from one seed.
namespace gateway::sse::spec {

inline constexpr std::int32_t partitions = 2;
inline const std::array<std::string, 3> users{"ada", "bob", "cyd"};

/// The store as one reader sees it, which may lag. Each user has an aggregate of the same name.
class WorldLog final : public domain::EventLog {
  public:
    void append(const std::string& user) {
        domain::EventEnvelope event;
        event.position = {static_cast<std::int64_t>(events.size()) + 1};
        event.stream = {"account", user};
        event.version = {static_cast<std::int64_t>(of_user[user].size()) + 1};
        event.type = "deposited";
        event.data = "{}";
        event.command_id = "c" + std::to_string(event.position.value);
        event.issuer.subject = user;
        of_user[user].push_back(event.position);
        events.push_back(std::move(event));
    }

    /// The user's first event behind `after`.
    std::optional<domain::Position> next(const std::string& user, domain::Position after) {
        const auto& positions = of_user[user];
        const auto found = std::ranges::upper_bound(positions, after);
        if (found == positions.end()) return std::nullopt;
        return *found;
    }

    domain::Position end() const { return {static_cast<std::int64_t>(events.size())}; }

    domain::Cursor head() override { return {incarnation, {end().value - lag}}; }

    std::vector<domain::EventEnvelope> read_user(
        const std::string& user,
        domain::Position after,
        domain::Position up_to,
        std::size_t limit
    ) override {
        std::vector<domain::EventEnvelope> found;
        for (auto at = next(user, after); at && *at <= up_to; at = next(user, *at)) {
            if (found.size() == limit) break;
            found.push_back(events[static_cast<std::size_t>(at->value) - 1]);
        }
        return found;
    }

    domain::AppendResult append(const domain::EventBatch&) override { throw not_here(); }
    std::vector<domain::EventEnvelope> read(domain::Position, std::size_t) override {
        throw not_here();
    }
    std::vector<domain::EventEnvelope>
    read_streams(std::span<const domain::StreamCursor> cursors, std::size_t limit) override {
        std::vector<domain::EventEnvelope> found;
        for (const domain::StreamCursor& cursor : cursors) {
            const auto& positions = of_user[cursor.stream.entity];
            for (auto i = static_cast<std::size_t>(cursor.after.value); i < positions.size(); ++i) {
                if (positions[i] > head().position || found.size() == limit) break;
                found.push_back(events[static_cast<std::size_t>(positions[i].value) - 1]);
            }
        }
        return found;
    }
    std::vector<domain::EventEnvelope> read_command(domain::Position) override { throw not_here(); }

    std::vector<domain::EventEnvelope> events;
    std::map<std::string, std::vector<domain::Position>> of_user;
    std::int64_t incarnation = 1;
    std::int64_t lag = 0;

  private:
    static std::logic_error not_here() { return std::logic_error("not part of this world"); }
};

/// Relay and broker: writes the chain truly, and may repeat, lose and mix up what it carries.
struct World {
    using FrameOf = Frame (*)(const domain::EventEnvelope& event, std::int64_t incarnation);

    explicit World(unsigned seed, FrameOf frames = event_frame) : random(seed), frame_of(frames) {}

    bool chance(int percent) { return number(100) < percent; }
    int number(int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); }

    void relay(std::int64_t up_to) {
        for (; relayed < up_to; ++relayed) {
            const auto& event = log.events[static_cast<std::size_t>(relayed)];
            const auto partition = domain::partition_of(event.issuer.subject, partitions);
            auto& last = sent[static_cast<std::size_t>(partition)];
            FeedRecord record;
            record.partition = {partition};
            record.key = event.issuer.subject;
            record.link = domain::ChainLink{1, event.position, last};
            record.frame = frame_of(event, 1);
            last = event.position;
            written.push_back(record);
            under_way.push_back(std::move(record));
        }
    }

    void repeat_some() {
        if (written.empty()) return;
        const auto from = static_cast<std::ptrdiff_t>(random() % written.size());
        under_way.insert(under_way.end(), written.begin() + from, written.end());
    }

    void lose_one() {
        if (under_way.empty()) return;
        under_way.erase(
            under_way.begin() + static_cast<std::ptrdiff_t>(random() % under_way.size())
        );
    }

    void mix_up() {
        if (under_way.size() < 2) return;
        const std::size_t at = random() % (under_way.size() - 1);
        std::swap(under_way[at], under_way[at + 1]);
    }

    void notify() {
        FeedRecord record;
        record.key = users[random() % users.size()];
        record.frame = {0, std::make_shared<const std::string>("data: {}\n\n")};
        under_way.push_back(std::move(record));
    }

    void deliver(std::size_t count) {
        FeedBatch batch;
        for (; count > 0 && !under_way.empty(); --count) {
            batch.records.push_back(std::move(under_way.front()));
            under_way.pop_front();
        }
        hub.take(batch);
    }

    void check() {
        FeedBatch batch;
        batch.head = log.end();
        for (std::int32_t partition = 0; partition < partitions; ++partition)
            batch.marks.push_back({{partition}, sent[static_cast<std::size_t>(partition)]});
        hub.take(batch);
    }

    /// The consumer begins at the topic's end, and then the head is read.
    void start() {
        under_way.clear();
        FeedBatch batch;
        for (std::int32_t partition = 0; partition < partitions; ++partition)
            batch.starts.push_back({{partition}, log.end()});
        hub.take(batch);
    }

    std::mt19937 random;
    const FrameOf frame_of;
    WorldLog log;
    Hub hub{partitions};
    std::int64_t relayed = 0;
    std::array<domain::Position, partitions> sent;
    std::vector<FeedRecord> written;
    std::deque<FeedRecord> under_way;
};

/// Small, so that limits are met often.
inline SseSettings small_settings(World& world) {
    SseSettings settings;
    settings.queue_frames_max = 1 + static_cast<std::size_t>(world.number(6));
    settings.queue_bytes_max = world.chance(50) ? 500 : 100'000;
    settings.page_events_max = 1 + static_cast<std::size_t>(world.number(4));
    settings.page_bytes_max = world.chance(50) ? 500 : 100'000;
    return settings;
}

/// A client and its connection. How it begins, and what it makes of what it gets, are its kind's.
class Client {
  public:
    Client(World& in, SseSettings with) : world(in), settings(with) {}
    virtual ~Client() = default;

    virtual void connect() = 0;
    /// It has got all that it is to get.
    virtual bool complete() = 0;

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

    World& world;
    const SseSettings settings;
    std::unique_ptr<Subscription> subscription;
    std::optional<Page> page;

  protected:
    virtual void receive(const std::string& bytes) = 0;

  private:
    /// The page is made now and given later: what happens in between must not matter.
    void read() {
        world.log.lag = world.number(4) == 0 ? world.number(6) : 0;
        world.log.lag = std::min(world.log.lag, world.log.end().value);
        page = subscription->sequence()->read(world.log, subscription->after(), settings);
        world.log.lag = 0;
    }
};
using Clients = std::vector<std::unique_ptr<Client>>;

inline void happen(World& world, Clients& clients) {
    const int dice = world.number(100);
    Client& client = *clients[static_cast<std::size_t>(world.number(4)) % clients.size()];
    if (dice < 25) {
        world.log.append(users[static_cast<std::size_t>(world.number(3))]);
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
inline void settle(World& world, Clients& clients) {
    world.relay(world.log.end().value);
    world.deliver(world.under_way.size());
    world.check();
    world.check();
    for (const auto& client : clients) {
        for (int steps = 0; client->subscription->next() != Subscription::Next::wait; ++steps) {
            ASSERT_LT(steps, 10'000) << "does not come to rest";
            client->step();
            if (testing::Test::HasFatalFailure()) return;
        }
    }
}

}  // namespace gateway::sse::spec

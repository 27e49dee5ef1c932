#include "gateway/aggregates/aggregate_events.hpp"
#include "gateway/sse/spec_world.hpp"

#include <gtest/gtest.h>

namespace gateway::aggregates {
namespace {

using namespace sse::spec;
using sse::Place;
using sse::Subscription;

/// The aggregate of "ada", with three events and one of somebody else's between them.
struct AggregateEventsSpec : testing::Test {
    AggregateEventsSpec() {
        for (const char* user : {"ada", "ada", "bob", "ada"}) world.log.append(user);
        world.start();
    }

    static AggregateEvents sequence(std::int64_t snapshot) {
        return {{"account", "ada"}, 0, {snapshot}};
    }

    sse::Page read(const std::optional<Place>& after, std::int64_t snapshot = 2) {
        return sequence(snapshot).read(world.log, after, settings);
    }

    std::string frame(std::size_t position) {
        return *sse::followed_frame(world.log.events.at(position - 1), 1).bytes;
    }

    std::unique_ptr<Subscription> open(const std::string& requested, std::int64_t snapshot) {
        return std::make_unique<Subscription>(
            world.hub,
            std::make_shared<AggregateEvents>(sequence(snapshot)),
            [snapshot](const domain::Cursor& head, auto, auto) {
                return sse::snapshot_frame("{}", {snapshot}, head.incarnation);
            },
            requested,
            settings,
            [] {}
        );
    }

    /// What the store and then the hub have for it.
    std::string drive(Subscription& subscription, int reads_max = 100) {
        std::string all;
        for (; subscription.next() != Subscription::Next::wait && reads_max > 0; --reads_max) {
            if (subscription.next() == Subscription::Next::read)
                subscription.page(
                    subscription.sequence()->read(world.log, subscription.after(), settings)
                );
            for (const auto& bytes : subscription.take()) all += *bytes;
        }
        return all;
    }

    static std::string snapshot(std::int64_t version) {
        return *sse::snapshot_frame("{}", {version}, 1).bytes;
    }

    World world{1, sse::followed_frame};
    sse::SseSettings settings;
};

TEST_F(AggregateEventsSpec, TakesItsVersionsForIds) {
    const AggregateEvents ada = sequence(1);
    EXPECT_EQ(ada.parse("7"), (Place{1, 7}));
    EXPECT_EQ(ada.parse("0"), (Place{1, 0}));
    EXPECT_EQ(ada.parse("2-7"), (Place{2, 7})) << "of a log that was restored";
    for (const char* none :
         {"", "x", "1-7", "07", "+7", "-7", " 7", "7 ", "2-", "99999999999999999999"})
        EXPECT_FALSE(ada.parse(none)) << none;
}

TEST_F(AggregateEventsSpec, ReadsWhatLiesBehindAVersion) {
    const sse::Page page = read(Place{1, 1});
    ASSERT_EQ(page.frames.size(), 2U);
    EXPECT_EQ(*page.frames[0].bytes, frame(2));
    EXPECT_EQ(*page.frames[1].bytes, frame(4));
    EXPECT_EQ(page.reached, 3);
    EXPECT_TRUE(page.known);
    EXPECT_TRUE(page.whole);
    EXPECT_EQ(read(Place{1, 0}).frames.size(), 3U);
    EXPECT_EQ(read(Place{1, 3}).frames.size(), 0U);
    EXPECT_EQ(read({}).frames.size(), 1U) << "behind the snapshot";
    settings.page_events_max = 2;
    EXPECT_FALSE(read(Place{1, 0}).whole);
}

TEST_F(AggregateEventsSpec, KnowsWhatItHasNotGot) {
    EXPECT_FALSE(read(Place{1, 4}).known);
    world.log.lag = 1;
    EXPECT_FALSE(read(Place{1, 3}).known);
    EXPECT_FALSE(read({}, 3).known);
    for (const auto& after : {Place{1, 4}, Place{2, 1}}) {
        EXPECT_TRUE(read(after).frames.empty());
        EXPECT_FALSE(read(after).whole);
    }
}

TEST_F(AggregateEventsSpec, BeginsAtASnapshot) {
    auto subscription = open("", 2);
    EXPECT_EQ(drive(*subscription), snapshot(2) + frame(4));
}

TEST_F(AggregateEventsSpec, GoesOnBehindItsLastIdAndSendsNoSnapshot) {
    auto subscription = open("1", 3);
    EXPECT_EQ(drive(*subscription), frame(2) + frame(4));
    world.log.append("ada");
    world.relay(5);
    world.deliver(5);
    EXPECT_EQ(drive(*subscription), frame(5));
}

TEST_F(AggregateEventsSpec, BeginsAnewWhereItCannotGoOn) {
    for (const std::string id : {"4", "2-1", "garbage", "1-1"}) {
        auto subscription = open(id, 3);
        world.check();
        world.check();
        EXPECT_EQ(drive(*subscription), snapshot(3)) << id;
    }
}

TEST_F(AggregateEventsSpec, DoesNotBeginAnewBecauseAReplicaLags) {
    world.log.lag = 1;
    auto subscription = open("3", 2);
    world.check();
    world.check();
    EXPECT_EQ(drive(*subscription, 5), "");
    world.log.lag = 0;
    EXPECT_EQ(drive(*subscription), "");
    EXPECT_EQ(subscription->after(), (Place{1, 3}));
}

TEST_F(AggregateEventsSpec, ReadsTheStoreWhereAVersionIsMissing) {
    auto subscription = open("3", 3);
    EXPECT_EQ(drive(*subscription), "");
    for (int i = 0; i < 2; ++i) world.log.append("ada");
    sse::FeedBatch batch;  // which the chain says nothing of
    sse::FeedRecord record;
    record.partition = {domain::partition_of("ada", partitions)};
    record.key = "ada";
    record.link = domain::ChainLink{1, {6}, {0}};
    record.frame = sse::followed_frame(world.log.events[5], 1);
    batch.records.push_back(std::move(record));
    world.hub.take(batch);
    EXPECT_EQ(drive(*subscription), frame(5) + frame(6));
}

/// Keeps the last id that it was given; begins with a snapshot, or at a version.
class Follower final : public Client {
  public:
    Follower(World& in, std::string of, std::optional<std::int64_t> from)
        : Client(in, small_settings(in)), entity_(std::move(of)), seen_(from) {
        if (from) last_id_ = std::to_string(*from);
        Follower::connect();
    }

    void connect() override {
        page.reset();
        const std::int64_t version = versions();
        subscription = std::make_unique<Subscription>(
            world.hub,
            std::make_shared<AggregateEvents>(
                domain::StreamId{"account", entity_}, 0, domain::StreamVersion{version}
            ),
            [version](const domain::Cursor& head, auto, auto) {
                return sse::snapshot_frame("{}", {version}, head.incarnation);
            },
            last_id_,
            settings,
            [] {}
        );
    }

    bool complete() override { return seen_ == versions(); }

  private:
    std::int64_t versions() { return static_cast<std::int64_t>(world.log.of_user[entity_].size()); }

    /// Promise 5: one snapshot where nothing was known, and then version by version.
    void receive(const std::string& bytes) override {
        const auto id = bytes.find("\nid: ");
        if (id == std::string::npos) return;  // a notification, which this world has, too
        last_id_ = bytes.substr(id + 5, bytes.find('\n', id + 1) - id - 5);
        if (bytes.starts_with("event: snapshot\n")) {
            ASSERT_FALSE(seen_) << bytes;
            seen_ = std::stoll(last_id_);
            return;
        }
        ASSERT_TRUE(bytes.starts_with("event: account.deposited\n")) << bytes;
        ASSERT_TRUE(seen_);
        ASSERT_EQ(last_id_, std::to_string(*seen_ + 1));
        ++*seen_;
    }

    const std::string entity_;
    std::string last_id_;
    std::optional<std::int64_t> seen_;
};

TEST(Follower, GetsEachEventBehindItsVersionOnceInOrderWhateverHappens) {
    sse::HubCounters sum;
    for (unsigned seed = 0; seed < 1'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world(seed, sse::followed_frame);
        for (const std::string& user : users)
            for (int i = 1 + world.number(8); i > 0; --i) world.log.append(user);
        if (world.chance(70)) world.start();
        Clients clients;
        for (std::size_t i = 0; i < 4; ++i) {
            const std::string& entity = users[i % 3];
            const auto version = static_cast<int>(world.log.of_user[entity].size());
            std::optional<std::int64_t> from;
            if (world.chance(70)) from = world.number(version + 1);
            clients.push_back(std::make_unique<Follower>(world, entity, from));
        }
        for (int i = 0; i < 250; ++i) {
            happen(world, clients);
            if (testing::Test::HasFatalFailure()) return;
        }
        settle(world, clients);
        if (testing::Test::HasFatalFailure()) return;
        for (const auto& client : clients) ASSERT_TRUE(client->complete());
        sum.taken += world.hub.counters().taken;
        sum.gaps += world.hub.counters().gaps;
        sum.silences += world.hub.counters().silences;
        sum.overflows += world.hub.counters().overflows;
    }
    for (const auto count : {sum.taken, sum.gaps, sum.silences, sum.overflows})
        EXPECT_GT(count, 100U) << "a kind of trouble that these worlds are too quiet to show";
}

}  // namespace
}  // namespace gateway::aggregates

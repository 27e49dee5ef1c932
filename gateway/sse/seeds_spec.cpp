#include "gateway/sse/spec_world.hpp"
#include "gateway/sse/user_events.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace gateway::sse::spec {
namespace {

/// A client that keeps the last id that it was given.
class UsersClient final : public Client {
  public:
    UsersClient(World& in, std::string who, std::string from)
        : Client(in, small_settings(in)), last_id(std::move(from)), user_(std::move(who)) {
        if (const auto cursor = domain::parse_cursor(last_id)) seen_ = cursor->position;
        UsersClient::connect();
    }

    void connect() override {
        page.reset();
        subscription = std::make_unique<Subscription>(
            world.hub, std::make_shared<UserEvents>(user_), begin_at_head, last_id, settings, [] {}
        );
    }

    bool complete() override { return seen_ && !world.log.next(user_, *seen_); }

    std::string last_id;

  private:
    /// Promise 5, at each event: it is the next one of this user, and nothing lies between.
    void receive(const std::string& bytes) override {
        const auto id = bytes.find("id: ");
        if (id == std::string::npos) return;  // a notification
        last_id = bytes.substr(id + 4, bytes.find('\n', id) - id - 4);
        const auto cursor = domain::parse_cursor(last_id);
        ASSERT_TRUE(cursor) << bytes;
        if (bytes.starts_with("event: ready")) {
            ASSERT_FALSE(seen_);
        } else {
            ASSERT_TRUE(bytes.starts_with("data: ")) << bytes;
            const auto next = world.log.next(user_, *seen_);
            ASSERT_TRUE(next) << "an event that is not there, or was sent before";
            ASSERT_EQ(cursor->position.value, next->value);
        }
        seen_ = cursor->position;
    }

    const std::string user_;
    std::optional<domain::Position> seen_;
};

TEST(Subscription, SendsEachEventBehindItsCursorOnceInOrderWhateverHappens) {
    HubCounters sum;
    for (unsigned seed = 0; seed < 1'000; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        World world(seed);
        for (int i = world.number(10); i > 0; --i) world.log.append(users[0]);
        if (world.chance(70)) world.start();
        Clients clients;
        for (int i = 0; i < 4; ++i) {
            const auto from =
                world.chance(30)
                    ? std::string()
                    : domain::to_string(domain::Cursor{
                          1, {world.number(1 + static_cast<int>(world.log.end().value))}});
            clients.push_back(
                std::make_unique<UsersClient>(world, users[static_cast<std::size_t>(i) % 3], from)
            );
        }
        for (int i = 0; i < 250; ++i) {
            happen(world, clients);
            if (HasFatalFailure()) return;
        }
        settle(world, clients);
        if (HasFatalFailure()) return;
        for (const auto& client : clients) ASSERT_TRUE(client->complete());
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

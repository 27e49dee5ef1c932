#include "domain/kernel/error.hpp"
#include "gateway/sse/permission.hpp"
#include "infra/memory/manual_clock.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace gateway::sse {
namespace {

using namespace std::chrono_literals;

struct PermissionSpec : testing::Test {
    PermissionSpec() { clock.advance(1h); }

    boost::asio::awaitable<bool> answer(Ended ended) {
        ++asked;
        last_asked = std::move(ended);
        if (away) throw domain::WorldError("away");
        co_return allowed;
    }

    Permission permission(double share = 0) {
        return {[this](Ended ended) { return answer(std::move(ended)); }, clock, 10s, share};
    }

    void look(Permission& permission) {
        permission.look(io.get_executor(), [this] { ++wakes; });
        io.restart();
        io.run();
    }

    infra::memory::ManualClock clock;
    boost::asio::io_context io;
    bool allowed = true;
    bool away = false;
    int asked = 0;
    int wakes = 0;
    Ended last_asked;
};

TEST_F(PermissionSpec, IsAskedForAfterSomethingWasSentAndNotTooOften) {
    Permission permission = this->permission();
    look(permission);
    EXPECT_EQ(asked, 0);
    EXPECT_FALSE(permission.next_look());
    permission.sent();
    look(permission);
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(wakes, 1);
    permission.sent();
    permission.sent();
    look(permission);
    EXPECT_EQ(asked, 1);
    EXPECT_EQ(permission.next_look(), clock.elapsed() + 10s);
    clock.advance(10s);
    look(permission);
    EXPECT_EQ(asked, 2);
    EXPECT_FALSE(permission.withdrawn());
}

TEST_F(PermissionSpec, IsNotAskedForByAllAtOnce) {
    Permission permission = this->permission(0.5);
    permission.sent();
    look(permission);
    EXPECT_EQ(asked, 0);
    EXPECT_EQ(permission.next_look(), clock.elapsed() + 5s);
    clock.advance(5s);
    look(permission);
    EXPECT_EQ(asked, 1);
}

TEST_F(PermissionSpec, IsWithdrawnByANo) {
    Permission permission = this->permission();
    allowed = false;
    permission.sent();
    look(permission);
    EXPECT_TRUE(permission.withdrawn());
}

TEST_F(PermissionSpec, TellsWhoIsAskedThatNobodyWaitsForTheAnswer) {
    {
        Permission permission = this->permission();
        permission.sent();
        look(permission);
        EXPECT_FALSE(*last_asked);
    }
    EXPECT_TRUE(*last_asked);
}

TEST_F(PermissionSpec, IsAskedForAgainWhereNobodyKnew) {
    Permission permission = this->permission();
    away = true;
    permission.sent();
    look(permission);
    EXPECT_FALSE(permission.withdrawn());
    EXPECT_EQ(permission.next_look(), clock.elapsed() + 10s);
    clock.advance(10s);
    away = allowed = false;
    look(permission);
    EXPECT_TRUE(permission.withdrawn());
}

TEST_F(PermissionSpec, IsForEverWhereThereIsNothingToAsk) {
    Permission permission{nullptr, clock, 10s, 0};
    permission.sent();
    EXPECT_FALSE(permission.next_look());
}

}  // namespace
}  // namespace gateway::sse

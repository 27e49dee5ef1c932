#include "domain/kernel/error.hpp"
#include "gateway/http/test_client.hpp"
#include "infra/memory/manual_clock.hpp"
#include "services/antiphon/health.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <unistd.h>
#include <vector>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;
using gateway::http::Response;
using gateway::http::testing::TestClient;

TEST(Readiness, EndsWhenTheMainLoopStandsStill) {
    infra::memory::ManualClock clock;
    Readiness readiness(clock);
    readiness.tell({.status = 200});
    clock.advance(2'999ms);
    EXPECT_EQ(readiness.ask().status, 200);
    clock.advance(1ms);
    EXPECT_EQ(readiness.ask().status, 503);
    EXPECT_NE(readiness.ask().body.find("stands still"), std::string::npos);
    readiness.tell({.status = 200});
    EXPECT_EQ(readiness.ask().status, 200);
    readiness.tell_last({.status = 503, .body = "draining"});
    clock.advance(1h);
    EXPECT_EQ(readiness.ask().body, "draining");
}

class HealthServerSpec : public ::testing::Test {
  protected:
    HealthServerSpec() {
        settings_.port = 0;
        add_health(routes_, [this] { return Response{.status = ready_}; });
    }

    static int
    ask(TestClient& client, const std::string& path, const std::string& lines = "Host: x\r\n") {
        client.send("GET " + path + " HTTP/1.1\r\n" + lines + "\r\n");
        return client.read_response().status;
    }

    gateway::http::ServerSettings settings_;
    std::atomic<int> ready_ = 200;
    gateway::http::Router routes_;
};

TEST_F(HealthServerSpec, AnswersByItself) {
    const HealthServer server(settings_, routes_);
    TestClient client(server.port());
    EXPECT_EQ(ask(client, "/livez"), 200);
    EXPECT_EQ(ask(client, "/readyz"), 200);
    ready_ = 503;
    EXPECT_EQ(ask(client, "/readyz"), 503);
    EXPECT_EQ(ask(client, "/livez"), 200);
    EXPECT_EQ(ask(client, "/events"), 404);
}

TEST_F(HealthServerSpec, LeavesNoConditionOut) {
    const HealthServer server(settings_, routes_);
    TestClient client(server.port());
    for (const char* path : {"/livez", "/readyz"}) {
        EXPECT_EQ(ask(client, path, "Host: x\r\nIf-Match: \"1\"\r\n"), 412);
        EXPECT_EQ(ask(client, path, "Host: x\r\nIf-Match: 1\r\n"), 400);
        EXPECT_EQ(ask(client, path, "Host: x\r\nIf: 1\r\n"), 400);
        EXPECT_EQ(ask(client, path, "Host: x\r\nIf-None-Match: *\r\n"), 304);
    }
}

TEST_F(HealthServerSpec, AnswersWhenNoDescriptorIsLeft) {
    const HealthServer server(settings_, routes_);
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    const rlimit few{64, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
    std::vector<int> all;
    for (int one = 0; (one = dup(0)) >= 0;) all.push_back(one);
    for (int i = 0; i < 20; ++i) {
        close(all.back());
        {
            TestClient client(server.port());  // takes the only one that was left
            EXPECT_LT(dup(0), 0);
            EXPECT_EQ(ask(client, "/livez"), 200);
        }
        all.back() = dup(0);
    }
    for (const int one : all) close(one);
    setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(HealthServerSpec, SaysWhereItCannotListen) {
    const HealthServer server(settings_, routes_);
    settings_.port = server.port();
    EXPECT_THROW(HealthServer(settings_, routes_), domain::SetupError);
}

}  // namespace
}  // namespace services::antiphon

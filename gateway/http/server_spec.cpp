#include "gateway/http/server_fixture.hpp"

namespace gateway::http {
namespace {

using namespace testing;

TEST_F(ServerSpec, KeepsTheConnection) {
    start();
    TestClient client = connect();
    for (int i = 0; i < 3; ++i) {
        client.send(get);
        EXPECT_EQ(client.read_response().body, "/echo/a");
    }
}

TEST_F(ServerSpec, AnswersPipelinedRequestsInOrder) {
    start();
    TestClient client = connect();
    std::string all;
    for (int i = 0; i < 500; ++i) {
        const std::string body = "body " + std::to_string(i);
        all +=
            "POST /echo/x HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body;
    }
    client.send(all);
    for (int i = 0; i < 500; ++i)
        ASSERT_EQ(client.read_response().body, "body " + std::to_string(i));
}

TEST_F(ServerSpec, ClosesWhenAskedTo) {
    start();
    TestClient client = connect();
    client.send("GET /echo/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + get);
    EXPECT_EQ(client.read_response().header("connection"), "close");
    EXPECT_EQ(client.read_to_end(), "");

    TestClient old = connect();
    old.send("GET /echo/a HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.read_response().body, "/echo/a");
    EXPECT_EQ(old.read_to_end(), "");
}

TEST_F(ServerSpec, AnswersAClientThatHasEndedItsSide) {
    start();
    TestClient client = connect();
    client.send(get);
    client.shutdown();
    EXPECT_EQ(client.read_response().body, "/echo/a");
}

TEST_F(ServerSpec, RefusesOverLimitsAndCloses) {
    start();
    const struct {
        std::string bytes;
        int status;
        std::string code;
    } cases[] = {
        {"GARBAGE\r\n\r\n", 400, "bad-request"},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(10'000, 'a'), 431, "header-too-large"},
        {"POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n",
         413,
         "body-too-large"},
        {"POST /echo/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n",
         413,
         "body-too-large"},
    };
    for (const auto& [bytes, status, code] : cases) {
        TestClient client = connect();
        client.send(bytes);
        const auto response = client.read_response();
        EXPECT_EQ(response.status, status);
        EXPECT_EQ(response.header("content-type"), "application/problem+json");
        EXPECT_EQ(response.header("connection"), "close");
        EXPECT_NE(response.body.find(code), std::string::npos) << response.body;
        EXPECT_EQ(client.read_to_end(), "");
    }
}

TEST_F(ServerSpec, TellsAlsoAClientThatGoesOnSending) {
    start();
    TestClient client = connect();
    client.send(
        "POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" +
        std::string(1'000'000, 'x')
    );
    EXPECT_EQ(client.read_response().status, 413);
}

TEST_F(ServerSpec, TakesABodyOfTheLimit) {
    start();
    TestClient client = connect();
    const std::string body(64 * 1024, 'b');
    client.send("POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n" + body);
    EXPECT_EQ(client.read_response().body, body);
}

TEST_F(ServerSpec, AsksForABodyThatIsWaitedWith) {
    start();
    TestClient client = connect();
    client.send(
        "POST /echo/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    );
    EXPECT_EQ(client.read_exactly(25), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    EXPECT_EQ(client.read_response().body, "body");
}

TEST_F(ServerSpec, GivesUpOnSlowRequests) {
    settings_.header_timeout = 100ms;
    settings_.body_timeout = 100ms;
    settings_.idle_timeout = 100ms;
    start();
    for (const char* bytes :
         {"GET / HT",
          "POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
          "POST /echo/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"}) {
        TestClient client = connect();
        client.send(bytes);
        EXPECT_EQ(client.read_response().status, 408) << bytes;
        EXPECT_EQ(client.read_to_end(), "");
    }
    TestClient silent = connect();
    EXPECT_EQ(silent.read_to_end(), "");

    TestClient idle = connect();
    idle.send(get);
    EXPECT_EQ(idle.read_response().status, 200);
    EXPECT_EQ(idle.read_to_end(), "");
}

TEST_F(ServerSpec, GivesUpOnAClientThatDoesNotRead) {
    settings_.write_timeout = 100ms;
    start();
    TestClient client = connect();
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    client.read_head();
    const auto drained = drain(60s);  // ends when the connection does
    EXPECT_TRUE(in_time(drained));
}

TEST_F(ServerSpec, SendsALargeAnswerWhole) {
    start();
    TestClient client = connect();
    client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\n" + get);
    EXPECT_EQ(client.read_response().body.size(), 16u * 1024 * 1024);
    EXPECT_EQ(client.read_response().body, "/echo/a");
}

TEST_F(ServerSpec, HidesWhatWasThrown) {
    start();
    TestClient client = connect();
    client.send(
        "GET /fail HTTP/1.1\r\nHost: x\r\n\r\nGET /fail?how=world HTTP/1.1\r\nHost: x\r\n\r\n"
    );
    const auto bug = client.read_response();
    EXPECT_EQ(bug.status, 500);
    EXPECT_EQ(bug.body.find("secret"), std::string::npos);
    const auto world = client.read_response();
    EXPECT_EQ(world.status, 503);
    EXPECT_EQ(world.header("retry-after"), "1");
    EXPECT_EQ(world.body.find("secret"), std::string::npos);
}

TEST_F(ServerSpec, AnswersPreflightsOfAllowedOrigins) {
    settings_.cors_origins = {"http://ui"};
    start();
    TestClient client = connect();
    const std::string preflight =
        "OPTIONS /echo/a HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Method: POST\r\nOrigin: ";
    client.send(preflight + "http://ui\r\n\r\n");
    const auto allowed = client.read_response();
    EXPECT_EQ(allowed.status, 204);
    EXPECT_EQ(allowed.header("access-control-allow-origin"), "http://ui");
    EXPECT_EQ(allowed.header("access-control-allow-methods"), "GET, HEAD, OPTIONS, POST");
    EXPECT_NE(
        allowed.header("access-control-allow-headers").find("Idempotency-Key"), std::string::npos
    );

    client.send(preflight + "http://other\r\n\r\n");
    EXPECT_EQ(client.read_response().header("access-control-allow-origin"), "");
}

TEST_F(ServerSpec, SaysWhenThereAreTooManyConnections) {
    settings_.connections_max = 1;
    start();
    TestClient first = connect();
    first.send(get);
    EXPECT_EQ(first.read_response().status, 200);
    TestClient second = connect();
    second.send(get);
    EXPECT_EQ(second.read_response().status, 503);
    EXPECT_EQ(second.read_to_end(), "");
    first.send(get);
    EXPECT_EQ(first.read_response().status, 200);
}

TEST_F(ServerSpec, SharesItsPortWithOthersThatShareIt) {
    settings_.reuse_port = true;
    start();
    settings_.port = port_;
    asio::io_context io;
    EXPECT_EQ(Server(io, settings_, router_).port(), port_);
    settings_.reuse_port = false;
    EXPECT_THROW(Server(io, settings_, router_), domain::SetupError);
}

TEST_F(ServerSpec, NamesAPortThatIsTaken) {
    start();
    settings_.port = port_;
    try {
        const Server second(io_, settings_, router_);
        FAIL() << "two servers on one port";
    } catch (const domain::SetupError& error) {
        EXPECT_NE(std::string(error.what()).find(std::to_string(port_)), std::string::npos);
    }
}

}  // namespace
}  // namespace gateway::http

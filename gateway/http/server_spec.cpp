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
        {"GET /" + std::string(10'000, 'a'), 414, "target-too-long"},
        {"GET /../a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad-target"},
        {"GET ?a HTTP/1.1\r\nHost: x\r\n\r\n", 400, "bad-target"},
        {"GET /echo/a HTTP/1.1\r\nHost: x\r\nOrigin: a\r\nOrigin: a\r\n\r\n",
         400,
         "repeated-header"},
        {"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 501, "unknown-method"},
        {"POST /echo/a HTTP/1.1\r\nHost: x\r\nExpect: x\r\nContent-Length: 2\r\n\r\n",
         417,
         "unknown-expectation"},
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

TEST_F(ServerSpec, PromisesNoContinueToHttp10) {
    start();
    TestClient client = connect();
    client.send("POST /echo/a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    client.send("body");
    EXPECT_EQ(client.read_response().body, "body");
}

TEST_F(ServerSpec, RefusesAtTheHeadWhatNoBodyCouldMend) {
    int asked = 0;
    const auto admit = [&](const Request& request) -> std::optional<Response> {
        ++asked;
        EXPECT_EQ(request.parameter("name"), "a");
        EXPECT_EQ(request.body, "");
        return Response{.status = 401};
    };
    router_.add(
        "POST",
        "/guarded/{name}",
        [](const Request& request) -> asio::awaitable<Response> {
            co_return Response{.body = request.admitted ? "admitted" : "whole"};
        },
        {.admit = admit}
    );
    start();
    const std::string head =
        " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 60000\r\n\r\n";
    const std::pair<std::string, int> cases[] = {
        {"POST /guarded/a", 401},
        {"POST /nowhere", 404},
        {"DELETE /echo/a", 405},
        {"FOO /echo/a", 501},
        {"POST /echo/a?b=c", 400},
        {"GET /echo/a", 400},
        {"GET /stream", 400},
        {"OPTIONS /echo/a", 204},
    };
    for (const auto& [line, status] : cases) {
        TestClient client = connect();
        client.send(line + head);
        const auto response = client.read_response();  // and no 100 before it
        EXPECT_EQ(response.status, status) << line;
        EXPECT_EQ(response.header("connection"), "close");
        EXPECT_EQ(client.read_to_end(), "");
    }
    EXPECT_EQ(asked, 1);
}

TEST_F(ServerSpec, AsksOnceWhetherABodyMayCome) {
    router_.add(
        "POST",
        "/guarded",
        [](const Request& request) -> asio::awaitable<Response> {
            co_return Response{.body = request.admitted ? "admitted" : "whole"};
        },
        {.admit = [](const Request&) { return std::optional<Response>(); }}
    );
    start();
    TestClient client = connect();
    const std::string post = "POST /guarded HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n";
    client.send(post + "\r\nbody");
    EXPECT_EQ(client.read_response().body, "whole");
    client.send(post + "Expect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.read_exactly(25), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    EXPECT_EQ(client.read_response().body, "admitted");
    client.send(post + "\r\nbody");
    EXPECT_EQ(client.read_response().body, "whole");
}

TEST_F(ServerSpec, PassesOverEmptyLinesBetweenRequests) {
    settings_.header_timeout = 100ms;
    settings_.idle_timeout = 400ms;
    start();
    TestClient client = connect();
    client.send("POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody\r\n\r\n" + get);
    EXPECT_EQ(client.read_response().body, "body");
    EXPECT_EQ(client.read_response().body, "/echo/a");
    client.send("\r\n");
    EXPECT_EQ(client.read_to_end(), "") << "an idle connection is closed without an answer";
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
    EXPECT_EQ(allowed.header("access-control-allow-methods"), "POST");
    EXPECT_NE(
        allowed.header("access-control-allow-headers").find("Idempotency-Key"), std::string::npos
    );

    client.send(preflight + "http://other\r\n\r\n");
    EXPECT_EQ(client.read_response().header("access-control-allow-origin"), "");

    client.send(
        "OPTIONS /nowhere?x=1 HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Method: POST\r\n"
        "Access-Control-Request-Headers: cache-control\r\nOrigin: http://ui\r\n\r\n"
    );
    const auto nowhere = client.read_response();
    EXPECT_EQ(nowhere.status, 204) << "so that the page can read the 404";
    EXPECT_EQ(nowhere.header("access-control-allow-headers"), "cache-control");
}

TEST_F(ServerSpec, LetsAllowedPagesReadEveryRefusal) {
    settings_.cors_origins = {"http://ui"};
    settings_.connections_max = 1;
    start();
    const std::string origin = "Origin: http://ui\r\n";
    const std::pair<std::string, int> cases[] = {
        {"GET /nowhere HTTP/1.1\r\nHost: x\r\n" + origin + "\r\n", 404},
        {"PUT /echo/a HTTP/1.1\r\nHost: x\r\n" + origin + "\r\n", 405},
        {"GET /%zz HTTP/1.1\r\nHost: x\r\n" + origin + "\r\n", 400},
        {"POST /echo/a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n" + origin + "\r\n", 413},
        {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(9'000, 'x') + "\r\n" + origin + "\r\n",
         431},
        {"GET /fail HTTP/1.1\r\nHost: x\r\n" + origin + "\r\n", 500},
    };
    for (const auto& [bytes, status] : cases) {
        TestClient client = connect();
        client.send(bytes);
        const auto response = client.read_response();
        EXPECT_EQ(response.status, status);
        EXPECT_EQ(response.header("access-control-allow-origin"), "http://ui") << status;
        client.shutdown();
        client.read_to_end();
    }
    TestClient first = connect();
    first.send(get);
    first.read_response();
    TestClient second = connect();
    second.send("GET / HTTP/1.1\r\nHost: x\r\n" + origin + "\r\n");
    const auto refused = second.read_response();
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.header("access-control-allow-origin"), "http://ui");
}

TEST_F(ServerSpec, AnswersOptionsWithoutAnOrigin) {
    start();
    TestClient client = connect();
    for (const char* target : {"/echo/a", "/echo/a?x=y", "*"}) {
        client.send("OPTIONS " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto response = client.read_response();
        EXPECT_EQ(response.status, 204) << target;
        EXPECT_EQ(response.header("allow"), "GET, HEAD, OPTIONS, POST") << target;
    }
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

#include "gateway/http/server_fixture.hpp"

namespace gateway::http {
namespace {

using namespace testing;

TEST_F(ServerSpec, CutsWhoShowsOnlyTokensThatDoNotCount) {
    start();
    TestClient client = connect();
    const std::string refused = "GET /refused HTTP/1.1\r\nHost: x\r\n\r\n";
    std::string many;
    for (int i = 0; i < 20; ++i) many += refused + get;
    client.send(many);
    for (int i = 1; i <= 8; ++i) {
        const auto answer = client.read_response();
        EXPECT_EQ(answer.status, 401);
        EXPECT_EQ(answer.header("connection"), i < 8 ? "" : "close");
        if (i < 8) {
            EXPECT_EQ(client.read_response().status, 200);
        }
    }
    EXPECT_EQ(client.read_to_end(), "");
}

// Both have sent all of their requests before the first of them is looked at.
TEST_F(ServerSpec, TakesTurnsWithClientsThatSendManyAtATime) {
    std::string order;
    router_.add("GET", "/turn/{name}", [&order](const Request& request) {
        order += request.parameter("name");
        return echo(request);
    });
    start();
    std::vector<std::unique_ptr<TestClient>> clients;
    for (int i = 0; i < 2; ++i) {
        clients.push_back(std::make_unique<TestClient>(port_));
        clients.back()->send(get);
        clients.back()->read_response();
    }
    std::promise<void> sent;
    asio::post(io_, [&] { sent.get_future().wait(); });
    for (int i = 0; i < 2; ++i) {
        const std::string name(1, static_cast<char>('a' + i));
        std::string many;
        for (int n = 0; n < 50; ++n) many += "GET /turn/" + name + " HTTP/1.1\r\nHost: x\r\n\r\n";
        clients[i]->send(many);
    }
    sent.set_value();
    for (const auto& client : clients)
        for (int n = 0; n < 50; ++n) EXPECT_EQ(client->read_response().status, 200);
    ASSERT_EQ(order.size(), 100U);
    EXPECT_LT(order.find('a'), 3U);
    EXPECT_LT(order.find('b'), 3U);
}

}  // namespace
}  // namespace gateway::http

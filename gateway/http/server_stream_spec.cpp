#include "gateway/http/server_fixture.hpp"

namespace gateway::http {
namespace {

using namespace testing;

class StreamSpec : public ServerSpec {};
class DrainSpec : public ServerSpec {};

TEST_F(StreamSpec, StreamsInChunksOrToTheEnd) {
    start();
    TestClient client = connect();
    client.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto head = client.read_head();
    EXPECT_EQ(head.header("transfer-encoding"), "chunked");
    EXPECT_EQ(client.read_to_end(), "7\r\none two\r\n0\r\n\r\n");

    TestClient old = connect();
    old.send("GET /stream HTTP/1.0\r\n\r\n");
    EXPECT_EQ(old.read_head().header("transfer-encoding"), "");
    EXPECT_EQ(old.read_to_end(), "one two");
}

TEST_F(StreamSpec, StreamsNothingMoreToOneWhoDoesNotRead) {
    settings_.write_timeout = 100ms;
    start();
    TestClient client = connect();
    client.send("GET /firehose HTTP/1.1\r\nHost: x\r\n\r\n");
    client.read_head();
    EXPECT_TRUE(in_time(stream_over_.get_future()));
}

TEST_F(StreamSpec, NoticesThatTheClientOfAStreamHasGone) {
    start();
    auto client = std::make_unique<TestClient>(port_);
    client->send("GET /idle HTTP/1.1\r\nHost: x\r\n\r\n");
    client->read_head();
    client->send("unasked");
    client.reset();
    EXPECT_TRUE(in_time(stream_over_.get_future()));
}

TEST_F(StreamSpec, RefusesAStreamAndKeepsTheConnection) {
    start();
    TestClient client = connect();
    client.send("GET /refused HTTP/1.1\r\nHost: x\r\n\r\n" + get);
    EXPECT_EQ(client.read_response().status, 401);
    EXPECT_EQ(client.read_response().status, 200);
}

TEST_F(StreamSpec, CutsAStreamThatFailed) {
    start();
    TestClient client = connect();
    client.send("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
    client.read_head();
    EXPECT_EQ(client.read_to_end(), "");  // no last chunk: the client knows
}

TEST_F(DrainSpec, DrainsByAnsweringWhatIsUnderWay) {
    start();
    TestClient idle = connect();
    idle.send(get);
    idle.read_response();
    TestClient streaming = connect();
    streaming.send("GET /idle HTTP/1.1\r\nHost: x\r\n\r\n");
    streaming.read_head();
    TestClient waiting = connect();
    waiting.send("GET /gate HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(in_time(gate_.reached.get_future()));

    const auto drained = drain(60s);
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_EQ(streaming.read_to_end(), "0\r\n\r\n");
    EXPECT_THROW(connect(), std::runtime_error);
    open_gate();
    const auto response = waiting.read_response();
    EXPECT_EQ(response.status, 202);
    EXPECT_EQ(response.header("connection"), "close");
    EXPECT_EQ(waiting.read_to_end(), "");
    EXPECT_TRUE(in_time(drained));
}

TEST_F(DrainSpec, DrainsNoLongerThanItsLimit) {
    start();
    TestClient waiting = connect();
    waiting.send("GET /gate HTTP/1.1\r\nHost: x\r\n\r\n");
    ASSERT_TRUE(in_time(gate_.reached.get_future()));
    EXPECT_TRUE(in_time(drain(50ms)));
    EXPECT_EQ(waiting.read_to_end(), "");
    open_gate();
}

TEST_F(StreamSpec, AnswersHeadOfAStreamAtOnce) {
    start();
    TestClient streamed = connect();
    streamed.send("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    auto expected = streamed.read_head().headers;
    expected.erase("date");
    for (const char* path : {"/stream", "/firehose"}) {
        TestClient client = connect();
        client.send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        auto head = client.read_head();
        EXPECT_EQ(head.status, 200) << path;
        head.headers.erase("date");
        if (path == std::string("/stream")) {
            EXPECT_EQ(head.headers, expected);
        }
        EXPECT_EQ(client.read_to_end(), "") << path;
    }
}

}  // namespace
}  // namespace gateway::http

#include "domain/kernel/topics.hpp"
#include "gateway/http/server.hpp"
#include "gateway/sse/event_routes.hpp"
#include "gateway/sse/spec_client.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/runtime/system_clock.hpp"
#include "tests/kit/caused_event_log.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace gateway::sse {
namespace {

using namespace std::chrono_literals;
constexpr auto deadline = 10s;

using spec::TokenIsSubject;

/// Of its own stream.
struct Client : spec::RawClient {
    Client(std::uint16_t port, const std::string& headers, const std::string& query = "")
        : RawClient(port, headers, "/events" + query) {}
};

const std::string cookie = "Cookie: a=b; antiphon_token=ada\r\n";
const std::string ada = "Authorization: Bearer ada\r\n";

struct SessionSpec : testing::Test {
    static constexpr std::int32_t partitions = 4;

    SessionSpec() { settings.read_pause = 1ms; }

    ~SessionSpec() override {
        if (thread.joinable()) drain();
    }

    void serve() {
        streams.emplace(readers, clock, settings);
        routes.emplace(hub, authenticator, *streams);
        routes->add_to(router);
        http::ServerSettings server_settings;
        server_settings.port = 0;
        server.emplace(io, server_settings, router);
        thread = std::thread([this] { io.run(); });
    }

    void drain() {
        boost::asio::post(io, [this] { server->drain(deadline, [this] { server.reset(); }); });
        thread.join();
    }

    /// Runs `work` on the hub's thread and waits for it.
    template <class Work>
    auto on_io(Work work) {
        std::packaged_task<decltype(work())()> task(std::move(work));
        auto result = task.get_future();
        boost::asio::post(io, [&task] { task(); });
        return result.get();
    }

    void append(int count, const std::string& data = "{}") {
        domain::EventBatch batch;
        for (int i = 0; i < count; ++i) {
            const std::string number = std::to_string(++events);
            domain::EventEnvelope event;
            event.stream = {"account", number};
            event.version = {1};
            event.type = "opened";
            event.data = data;
            event.command_id = "c" + number;
            event.issuer.subject = "ada";
            batch.events.push_back(std::move(event));
        }
        kit::CausedEventLog caused(log, commands);
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(caused.append(batch)));
    }

    std::string frame(std::int64_t position) {
        return *event_frame(log.read({position - 1}, 1).front(), 1).bytes;
    }

    FeedRecord record(std::int64_t position) {
        FeedRecord record;
        record.partition = {domain::partition_of("ada", partitions)};
        record.key = "ada";
        record.link = domain::ChainLink{1, {position}, {position - 1}};
        record.frame = {position, std::make_shared<const std::string>(frame(position))};
        return record;
    }

    /// The hub gets the log's newest events as the feed would bring them.
    void feed(std::int64_t from, std::int64_t to) {
        FeedBatch batch;
        for (auto position = from; position <= to; ++position)
            batch.records.push_back(record(position));
        on_io([&] { hub.take(batch); });
    }

    std::size_t connections() {
        return on_io([this] { return hub.connections({"ada"}); });
    }

    std::int64_t events = 0;
    infra::memory::MemoryStore store;
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog log{store};
    infra::runtime::SystemClock clock;
    TokenIsSubject verifier;
    auth::Authenticator authenticator{verifier, clock};
    SseSettings settings;
    boost::asio::io_context io;
    Hub hub{partitions};
    RateLimiter rate{clock, {.per_s = 1'000, .burst = 1'000}};
    StoreReaders readers{
        [this] {
            Stores stores;
            stores.events = std::make_unique<infra::memory::MemoryEventLog>(store);
            return stores;
        },
        rate};
    http::Router router;
    std::optional<Streams> streams;
    std::optional<EventRoutes> routes;
    std::optional<http::Server> server;
    std::thread thread;
};

TEST_F(SessionSpec, RefusesWhoIsNobody) {
    serve();
    EXPECT_TRUE(Client(server->port(), "").head().starts_with("HTTP/1.1 401"));
}

TEST_F(SessionSpec, StartsAtTheHeadAndGoesLive) {
    append(2);
    serve();
    Client client(server->port(), ada);
    const std::string head = client.head();
    EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
    for (const std::string line :
         {"Content-Type: text/event-stream; charset=utf-8",
          "Cache-Control: no-store, no-transform",
          "X-Accel-Buffering: no"})
        EXPECT_NE(head.find("\r\n" + line + "\r\n"), std::string::npos) << line;
    EXPECT_EQ(client.read_to("retry: "), ":\nretry: ");
    const int retry_ms = std::stoi(client.read_to("\n"));
    EXPECT_GE(retry_ms, 2'000);
    EXPECT_LE(retry_ms, 5'000);
    EXPECT_EQ(client.read_to("\n\n"), *ready_frame({1, {2}}));
    append(1);
    feed(1, 3);
    EXPECT_EQ(client.read_to("\n\n"), frame(3));
}

TEST_F(SessionSpec, ResumesWithExactlyTheRest) {
    append(450);
    serve();
    Client client(server->port(), ada + "Last-Event-ID: 1-2\r\n", "?last-event-id=1-400");
    client.head();
    client.read_to("\nretry: ");
    client.read_to("\n");
    for (std::int64_t position = 3; position <= 450; ++position)
        ASSERT_EQ(client.read_to("\n\n"), frame(position));
    append(1);
    feed(440, 451);
    EXPECT_EQ(client.read_to("\n\n"), frame(451));
}

TEST_F(SessionSpec, TakesACookieAndACursorInTheQuery) {
    append(2);
    serve();
    Client client(server->port(), cookie + "Sec-Fetch-Site: same-origin\r\n", "?last-event-id=1-1");
    client.head();
    client.read_to("\nretry: ");
    client.read_to("\n");
    EXPECT_EQ(client.read_to("\n\n"), frame(2));
}

TEST_F(SessionSpec, IsNotOpenedByAPageOfAnotherSite) {
    serve();
    for (const std::string page : {"", "Sec-Fetch-Site: cross-site\r\n", "Origin: http://x\r\n"}) {
        Client client(server->port(), cookie + page);
        EXPECT_TRUE(client.head().starts_with("HTTP/1.1 401")) << page;
    }
}

TEST_F(SessionSpec, ResetsAClientFromTheFuture) {
    append(2);
    serve();
    Client client(server->port(), ada + "Last-Event-ID: 1-3\r\n");
    client.head();
    for (int i = 0; i < 2; ++i) {
        FeedBatch check;
        check.head = domain::Position{2};
        on_io([&] { hub.take(check); });
    }
    client.read_to("\nretry: ");
    client.read_to("\n");
    EXPECT_EQ(client.read_to("\n\n"), *reset_frame("1-3", "above-head", {1, {2}}));
}

TEST_F(SessionSpec, LimitsTheStreamsOfOneUser) {
    settings.connections_per_user_max = 1;
    serve();
    Client first(server->port(), ada);
    first.head();
    const std::string refusal = Client(server->port(), ada).head();
    EXPECT_TRUE(refusal.starts_with("HTTP/1.1 429")) << refusal;
    EXPECT_NE(refusal.find("\r\nRetry-After: "), std::string::npos);
    EXPECT_TRUE(
        Client(server->port(), "Authorization: Bearer bob\r\n").head().starts_with("HTTP/1.1 200")
    );
}

TEST_F(SessionSpec, LeavesTheHubWhenItsClientIsGone) {
    serve();
    {
        Client client(server->port(), ada);
        client.read_to("event: ready");
        EXPECT_EQ(connections(), 1U);
    }
    const auto until = clock.elapsed() + deadline;
    while (connections() > 0) ASSERT_LT(clock.elapsed(), until);
}

TEST_F(SessionSpec, SendsACommentWhenItIsSilent) {
    settings.heartbeat = 10ms;
    serve();
    Client client(server->port(), ada);
    client.read_to("id: 1-0\n\n");
    EXPECT_EQ(client.read_to("\n") + client.read_to("\n"), ":\n:\n");
}

TEST_F(SessionSpec, EndsWithItsToken) {
    verifier.lifetime = 100ms;
    serve();
    Client client(server->port(), ada);
    client.read_to("id: 1-0\n\n");
    const std::string end = client.rest();
    EXPECT_TRUE(end.starts_with("retry: ")) << end;
    EXPECT_NE(end.find("\nevent: auth-expired\ndata: {"), std::string::npos) << end;
}

TEST_F(SessionSpec, EndsWithItsKeyAndSendsNothingMore) {
    settings.heartbeat = 50ms;
    serve();
    Client client(server->port(), ada);
    client.read_to("id: 1-0\n\n");
    append(1);
    on_io([this] {
        *verifier.withdrawn = true;
        FeedBatch batch;
        batch.records.push_back(record(1));
        hub.take(batch);
    });
    const std::string end = client.rest();
    EXPECT_NE(end.find("\nevent: auth-expired\ndata: {"), std::string::npos) << end;
    EXPECT_EQ(end.find("id: 1-1"), std::string::npos) << end;
}

TEST_F(SessionSpec, WaitsForAStoreThatIsAway) {
    settings.heartbeat = 5ms;
    settings.read_pause = 20ms;
    append(2);
    serve();
    store.fail_next(4);
    Client client(server->port(), ada + "Last-Event-ID: 1-1\r\n");
    const std::string all = client.read_to("id: 1-2\n\n");
    EXPECT_NE(all.find("\n:\n:\n"), std::string::npos) << "heartbeats go on: " << all;
    EXPECT_TRUE(all.ends_with(*event_frame(log.read({1}, 1).front(), 1).bytes));
}

TEST_F(SessionSpec, TellsItsClientsWhenToComeBackAndEndsWhenTheServerDrains) {
    serve();
    Client client(server->port(), ada);
    client.read_to("id: 1-0\n\n");
    drain();
    const std::string end = client.rest();
    ASSERT_TRUE(end.starts_with("retry: ")) << end;
    EXPECT_LE(std::stoi(end.substr(7)), 22'000);
}

TEST_F(SessionSpec, GivesASlowClientEachEventOnceAllTheSame) {
    settings.queue_frames_max = 8;
    serve();
    Client client(server->port(), ada);
    client.read_to("id: 1-0\n\n");
    const std::string data = '"' + std::string(20'000, 'x') + '"';
    for (std::int64_t from = 1; from <= 160; from += 20) {
        append(20, data);
        feed(from, from + 19);
    }
    EXPECT_GT(on_io([this] { return hub.counters().overflows; }), 0U);
    for (std::int64_t position = 1; position <= 160; ++position)
        ASSERT_TRUE(client.read_to("\n\n") == frame(position)) << position;
}

}  // namespace
}  // namespace gateway::sse

#pragma once

#include "domain/kernel/topics.hpp"
#include "gateway/aggregates/aggregate_routes.hpp"
#include "gateway/commands/example_aggregate.hpp"
#include "gateway/http/server.hpp"
#include "gateway/sse/spec_client.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_snapshot_store.hpp"
#include "infra/process/local_folder.hpp"
#include "infra/runtime/system_clock.hpp"
#include "tests/kit/caused_event_log.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>

/// Aggregates that are served, for the specs of what is shown of them.
namespace gateway::aggregates::spec {

using namespace std::chrono_literals;
using sse::spec::RawClient;

inline const std::string ada = "Authorization: Bearer ada\r\n";
inline const std::string streaming = "Accept: text/event-stream\r\n";

inline const std::string vary = "Vary: Authorization, Cookie, Origin, Accept";

/// What came back.
struct Answer {
    int status = 0;
    std::string head;
    std::string body;

    bool has(const std::string& header) const {
        return head.find("\r\n" + header + "\r\n") != std::string::npos;
    }
};

/// A gateway with one counter, "c-1".
struct Served : testing::Test {
    static constexpr std::int32_t partitions = 4;

    explicit Served(std::int64_t reads_per_s = 1'000, std::size_t page_max = 2)
        : rate(clock, {.per_s = reads_per_s, .burst = 1'000}),
          reader(open, rate, clock, {}, {.page_max = page_max}) {
        settings.read_pause = 1ms;
    }

    ~Served() override {
        boost::asio::post(io, [this] { server->drain(10s, [this] { server.reset(); }); });
        thread.join();
    }

    void serve() {
        streams.emplace(readers, clock, settings);
        routes.emplace(AggregateRoutesParts{aggregates, authenticator, reader, hub, *streams});
        routes->add_to(router);
        http::ServerSettings server_settings;
        server_settings.port = 0;
        server.emplace(io, server_settings, router);
        thread = std::thread([this] { io.run(); });
    }

    void append(int count, const std::string& data = R"({"by":1})") {
        domain::EventBatch batch;
        for (int i = 0; i < count; ++i) {
            domain::EventEnvelope event;
            event.stream = {"counter", "c-1"};
            event.version = {++version};
            event.time = domain::Timestamp(version * 10s);
            event.type = "added";
            event.data = data;
            event.command_id = "c" + std::to_string(++commands_made);
            event.issuer.subject = "sender";
            event.issuer.claims = R"({"secret":1})";
            batch.events.push_back(std::move(event));
        }
        kit::CausedEventLog caused(log, commands);
        ASSERT_TRUE(std::holds_alternative<domain::Appended>(caused.append(batch)));
    }

    std::string frame(std::int64_t of) {
        const domain::StreamCursor cursor{{"counter", "c-1"}, {of - 1}};
        const auto events = log.read_streams({&cursor, 1}, 1);
        return *sse::followed_frame(events.at(0), 1).bytes;
    }

    static std::string snapshot(int version, int state) {
        return "event: snapshot\ndata: {\"category\":\"counter\",\"entity\":\"c-1\",\"version\":" +
               std::to_string(version) + ",\"state\":" + std::to_string(state) +
               "}\nid: " + std::to_string(version) + "\n\n";
    }

    /// The hub gets the newest events as the feed would bring them.
    void feed(std::int64_t from, std::int64_t to) {
        for (auto of = from; of <= to; ++of) feed_one(of, frame(of));
    }

    void feed_one(std::int64_t of, const std::string& bytes) {
        sse::FeedBatch batch;
        sse::FeedRecord record;
        record.partition = {domain::partition_of("c-1", partitions)};
        record.key = "c-1";
        record.link = domain::ChainLink{1, {of}, {of - 1}};
        record.frame = {of, std::make_shared<const std::string>(bytes)};
        batch.records.push_back(std::move(record));
        std::promise<void> taken;
        boost::asio::post(io, [&] {
            hub.take(batch);
            taken.set_value();
        });
        taken.get_future().wait();
    }

    Answer ask(
        const std::string& headers,
        const std::string& target = "/aggregates/counter/c-1",
        const std::string& method = "GET"
    ) {
        RawClient client(server->port(), headers, target, method);
        Answer answer;
        answer.head = client.head();
        answer.status = std::stoi(answer.head.substr(9));
        answer.body = client.rest();
        return answer;
    }

    RawClient follow(const std::string& headers = "", const std::string& query = "") {
        return {server->port(), ada + streaming + headers, "/aggregates/counter/c-1" + query};
    }

    static void skip_greeting(RawClient& client) {
        client.head();
        client.read_to("\nretry: ");
        client.read_to("\n");
    }

    std::int64_t version = 0;
    std::int64_t commands_made = 0;
    infra::memory::MemoryStore store;
    infra::memory::MemoryCommandLog commands{store};
    infra::memory::MemoryEventLog log{store};
    infra::runtime::SystemClock clock;
    sse::spec::TokenIsSubject verifier;
    auth::Authenticator authenticator{verifier, clock};
    std::vector<domain::AggregatePtr> aggregates = commands::testing::counters();
    sse::SseSettings settings;
    boost::asio::io_context io;
    sse::Hub hub{partitions};
    RateLimiter rate;
    const std::function<Stores()> open = [this] {
        return Stores{
            nullptr,
            std::make_unique<infra::memory::MemoryEventLog>(store),
            std::make_unique<infra::process::LocalFolder>(aggregates, 10),
            std::make_unique<infra::memory::MemorySnapshotStore>(
                store, domain::state_forms(aggregates)
            )};
    };
    StoreReaders readers{open, rate};
    AggregateReader reader;
    http::Router router;
    std::optional<sse::Streams> streams;
    std::optional<AggregateRoutes> routes;
    std::optional<http::Server> server;
    std::thread thread;
};

}  // namespace gateway::aggregates::spec

#pragma once

#include "domain/kernel/error.hpp"
#include "gateway/http/response_stream.hpp"
#include "gateway/http/server.hpp"
#include "gateway/http/test_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace gateway::http::testing {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// What a test may do to a request that is under way.
struct Gate {
    explicit Gate(asio::io_context& io) : timer(io, asio::steady_timer::time_point::max()) {}
    asio::steady_timer timer;
    std::promise<void> reached;
};

inline asio::awaitable<Response> echo(const Request& request) {
    Response response;
    response.body = request.body.empty() ? request.path : request.body;
    co_return response;
}

inline asio::awaitable<Response> fail(const Request& request) {
    if (request.query_value("how") == "world")
        throw domain::WorldError("secret: the store is away");
    throw std::runtime_error("secret: a bug");
    co_return Response{};
}

/// A server in a thread of its own.
class ServerSpec : public ::testing::Test {
  protected:
    ServerSpec() {
        settings_.port = 0;
        router_.add("GET", "/echo/{name}", echo);
        router_.add("POST", "/echo/{name}", echo);
        router_.add("GET", "/fail", fail, {.takes_parameter = any_parameter});
        router_.add("GET", "/large", [](const Request&) { return large(); });
        router_.add("GET", "/gate", [this](const Request&) { return pass_gate(gate_); });
        router_.add_stream("GET", "/stream", [](const Request&, ResponseStream& stream) {
            return pieces(stream);
        });
        router_.add_stream("GET", "/firehose", [this](const Request&, ResponseStream& stream) {
            return firehose(stream, stream_over_);
        });
        router_.add_stream("GET", "/idle", [this](const Request&, ResponseStream& stream) {
            return idle(stream, io_, stream_over_);
        });
        router_.add_stream("GET", "/refused", [](const Request&, ResponseStream& stream) {
            return refuse(stream);
        });
        router_.add_stream("GET", "/broken", [](const Request&, ResponseStream& stream) {
            return break_off(stream);
        });
    }

    ~ServerSpec() override {
        asio::post(io_, [this] { server_.reset(); });
        work_.reset();
        if (thread_.joinable()) thread_.join();
    }

    void start() {
        server_ = std::make_unique<Server>(io_, settings_, router_);
        port_ = server_->port();
        thread_ = std::thread([this] { io_.run(); });
    }

    TestClient connect() { return TestClient(port_); }

    std::future<void> drain(std::chrono::milliseconds limit) {
        auto done = std::make_shared<std::promise<void>>();
        asio::post(io_, [this, limit, done] {
            server_->drain(limit, [done] { done->set_value(); });
        });
        return done->get_future();
    }

    static asio::awaitable<Response> large() {
        Response response;
        response.body = std::string(16 * 1024 * 1024, 'x');
        co_return response;
    }

    static asio::awaitable<Response> pass_gate(Gate& gate) {
        gate.reached.set_value();
        co_await gate.timer.async_wait(asio::as_tuple(asio::use_awaitable));
        Response response;
        response.status = 202;
        co_return response;
    }

    void open_gate() {
        asio::post(io_, [this] { gate_.timer.cancel(); });
    }

    static asio::awaitable<void> pieces(ResponseStream& stream) {
        Fields fields{{"Content-Type", "text/event-stream"}};
        co_await stream.start(200, std::move(fields));
        std::vector<SharedBytes> pieces;
        pieces.push_back(std::make_shared<std::string>("one "));
        pieces.push_back(std::make_shared<std::string>("two"));
        co_await stream.write(std::move(pieces));
        std::vector<SharedBytes> nothing;
        co_await stream.write(std::move(nothing));
    }

    static asio::awaitable<void> firehose(ResponseStream& stream, std::promise<void>& over) {
        Fields fields;
        const auto piece = std::make_shared<std::string>(64 * 1024, 'x');
        bool open = co_await stream.start(200, std::move(fields));
        while (open) {
            std::vector<SharedBytes> pieces(100, piece);
            open = co_await stream.write(std::move(pieces));
        }
        over.set_value();
    }

    static asio::awaitable<void>
    idle(ResponseStream& stream, asio::io_context& io, std::promise<void>& over) {
        asio::steady_timer gone(io, asio::steady_timer::time_point::max());
        stream.on_gone([&gone] { gone.cancel(); });
        Fields fields;
        co_await stream.start(200, std::move(fields));
        co_await gone.async_wait(asio::as_tuple(asio::use_awaitable));
        EXPECT_TRUE(stream.gone());
        over.set_value();
    }

    static asio::awaitable<void> refuse(ResponseStream& stream) {
        Response response;
        response.status = 401;
        co_await stream.answer(std::move(response));
    }

    static asio::awaitable<void> break_off(ResponseStream& stream) {
        Fields fields;
        co_await stream.start(200, std::move(fields));
        throw std::runtime_error("a bug");
    }

    asio::io_context io_{1};
    asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
    Gate gate_{io_};
    std::promise<void> stream_over_;
    ServerSettings settings_;
    Router router_;
    std::unique_ptr<Server> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

inline const std::string get = "GET /echo/a HTTP/1.1\r\nHost: x\r\n\r\n";

inline bool in_time(const std::future<void>& future) {
    return future.wait_for(10s) == std::future_status::ready;
}

}  // namespace gateway::http::testing

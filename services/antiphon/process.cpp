#include "services/antiphon/process.hpp"

#include "gateway/http/problem.hpp"
#include "infra/runtime/crew.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <iostream>

namespace services::antiphon {

namespace asio = boost::asio;
using gateway::http::Request;
using gateway::http::Response;

Process::Process() {
    router_.add("GET", "/livez", [](const Request&) -> asio::awaitable<Response> {
        co_return Response{200, "text/plain", "alive\n"};
    });
    router_.add("GET", "/readyz", [this](const Request&) -> asio::awaitable<Response> {
        co_return readiness();
    });
}

void Process::ready_when(std::string what, std::function<bool()> ready) {
    conditions_.emplace_back(std::move(what), std::move(ready));
}

Response Process::readiness() const {
    if (draining_) return gateway::http::problem(503, "draining", "This process is stopping.");
    for (const auto& [what, ready] : conditions_) {
        if (!ready()) return gateway::http::problem(503, "not-ready", "Not yet: " + what + '.');
    }
    return {200, "text/plain", "ready\n"};
}

void Process::serve(
    const std::optional<gateway::http::ServerSettings>& http,
    std::chrono::milliseconds drain_limit
) {
    if (http) server_.emplace(io_, *http, router_);
    infra::runtime::Crew crew;
    for (const auto& core : cores_) {
        crew.start([this, &core](const std::stop_token& stop) {
            run_until_stopped(core, clock_, stop);
        });
    }
    auto work = asio::make_work_guard(io_);
    const std::stop_callback failed(crew.stop_source().get_token(), [this] {
        signals_.source().request_stop();
    });
    const std::stop_callback stopped(signals_.source().get_token(), [&] {
        asio::post(io_, [&] {
            work.reset();
            drain(drain_limit);
        });
    });
    std::cout << "ready";
    if (http) std::cout << " http://" << http->address << ':' << server_->port();
    std::cout << std::endl;
    io_.run();
    crew.stop_source().request_stop();
    crew.join();
}

void Process::drain(std::chrono::milliseconds limit) {
    spdlog::info("stopping");
    draining_ = true;
    if (!server_) return;
    server_->drain(limit, [this] { asio::post(io_, [this] { server_.reset(); }); });
}

}  // namespace services::antiphon

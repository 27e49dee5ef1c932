#include "services/antiphon/health.hpp"

#include "gateway/http/problem.hpp"
#include "infra/runtime/descriptors.hpp"

#include <boost/asio/io_context.hpp>
#include <spdlog/spdlog.h>

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using gateway::http::Request;
using gateway::http::Response;

/// Far more than the main loop is ever busy at a time, far less than who watches us waits.
constexpr auto standstill = 3s;

}  // namespace

void Readiness::tell(Response answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
    told_at_ = clock_.elapsed();
}

void Readiness::tell_last(Response answer) {
    tell(std::move(answer));
    const std::lock_guard lock(mutex_);
    last_ = true;
}

Response Readiness::ask() const {
    const std::lock_guard lock(mutex_);
    if (last_ || clock_.elapsed() - told_at_ < standstill) return answer_;
    return gateway::http::problem(503, "not-ready", "The main loop stands still.");
}

void add_health(gateway::http::Router& router, std::function<Response()> ready) {
    router.add("GET", "/livez", [](const Request&) -> asio::awaitable<Response> {
        co_return Response{200, "text/plain", "alive\n"};
    });
    router.add(
        "GET",
        "/readyz",
        [ready = std::move(ready)](const Request&) -> asio::awaitable<Response> {
            co_return ready();
        }
    );
}

HealthServer::HealthServer(gateway::http::ServerSettings settings, gateway::http::Router router)
    : settings_(std::move(settings)), router_(std::move(router)) {
    std::promise<std::uint16_t> bound;
    auto port = bound.get_future();
    thread_ = std::thread([this, bound = std::move(bound)]() mutable { run(std::move(bound)); });
    try {
        port_ = port.get();
    } catch (...) {
        thread_.join();
        throw;
    }
}

HealthServer::~HealthServer() {
    stopped_ = true;
    thread_.join();
}

void HealthServer::run(std::promise<std::uint16_t> bound) try {
    if (!infra::runtime::take_own_descriptors())
        spdlog::warn("/livez and /readyz share the process' descriptors: this system is too old");
    asio::io_context io{1};
    const gateway::http::Server server(io, settings_, router_);
    bound.set_value(server.port());
    // Looked at, since nobody outside can wake what waits for descriptors that only we have.
    while (!stopped_) io.run_for(50ms);
} catch (...) {
    bound.set_exception(std::current_exception());
}

}  // namespace services::antiphon

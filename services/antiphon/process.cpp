#include "services/antiphon/process.hpp"

#include "domain/kernel/error.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/web/loopback_host.hpp"
#include "infra/runtime/crew.hpp"
#include "infra/runtime/descriptors.hpp"
#include "infra/runtime/last_resort.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <atomic>
#include <iostream>
#include <memory>
#include <utility>

namespace services::antiphon {

namespace asio = boost::asio;
using gateway::http::Response;
using infra::runtime::LastResort;
using namespace std::chrono_literals;

namespace {

/// What a core may take to end, over the time that requests under way have: a worker leaves its
/// group in two seconds.
constexpr std::chrono::seconds last_resort_after{5};
/// What is open besides a gateway's connections, at most: the store's and Kafka's, files, wake-ups.
constexpr std::size_t other_descriptors = 200;
/// With less than this there is nothing to serve.
constexpr std::size_t connections_min = 16;

/// A step waits for Kafka at most a second, and for the store no longer than is bearable.
constexpr auto step_max = 10s;

/// What is known of a core on another thread.
struct AtWork {
    static constexpr auto rests = std::chrono::milliseconds::max();
    std::atomic<bool> failed{false};
    std::atomic<std::chrono::milliseconds> since{rests};  ///< of the step that it is in
};

/// How often a process that starts looks whether it is ready, and what it says nothing about.
constexpr auto until_ready = 10ms;
constexpr int waits_unsaid = 10s / until_ready;

/// Settings whose connections leave descriptors for everything else. A limit that is too low for
/// the default must not keep anybody from starting, nor a full gateway from reaching its store: so
/// it takes fewer connections, and says it.
gateway::http::ServerSettings
within_descriptors(gateway::http::ServerSettings settings, std::size_t limit) {
    const std::size_t others = other_descriptors + gateway::http::refused_connections_max;
    const std::size_t wanted = settings.connections_max + others;
    if (limit >= wanted) return settings;
    if (limit < others + connections_min) {
        throw domain::SetupError(
            "the system lets this process open " + std::to_string(limit) +
            " files, and it needs at least " + std::to_string(others + connections_min) +
            ": raise the limit (ulimit -n, LimitNOFILE=)"
        );
    }
    spdlog::warn(
        "http.connections_max is {}, but only {} files may be open: {} connections are taken; "
        "raise the limit (ulimit -n, LimitNOFILE=) to {}",
        settings.connections_max,
        limit,
        limit - others,
        wanted
    );
    settings.connections_max = limit - others;
    return settings;
}

}  // namespace

Process::Process(bool development)
    : descriptors_(infra::runtime::raise_descriptor_limit()), development_(development) {
    add_health_to(router_, [this] { return readiness(); });
}

void Process::add_health_to(gateway::http::Router& router, std::function<Response()> ready) {
    if (development_) router.guard(gateway::web::refuse_foreign_host);
    add_health(router, std::move(ready));
}

void Process::add(infra::runtime::Core core) {
    const auto at_work = std::make_shared<AtWork>();
    if (core.vital) {
        ready_when("the " + core.name + " fails, see its log", [at_work] {
            return !at_work->failed.load();
        });
    }
    ready_when("the " + core.name + " stands still", [this, at_work] {
        const auto since = at_work->since.load();
        return since == AtWork::rests || clock_.elapsed() - since < step_max;
    });
    core.step = [this, at_work, step = std::move(core.step)] {
        at_work->since = clock_.elapsed();
        try {
            const bool busy = step();
            at_work->failed = false;
            at_work->since = AtWork::rests;
            return busy;
        } catch (...) {
            at_work->failed = true;
            at_work->since = AtWork::rests;
            throw;
        }
    };
    cores_.push_back(std::move(core));
}

void Process::ready_when(std::string what, std::function<bool()> ready) {
    conditions_.emplace_back(std::move(what), std::move(ready));
}

Response Process::readiness() const {
    if (draining_) return gateway::http::problem(503, "draining", "This process is stopping.");
    if (const auto* what = missing()) {
        return gateway::http::problem(503, "not-ready", "Not yet: " + *what + '.');
    }
    return {200, "text/plain", "ready\n"};
}

/// And again and again, as long as the main loop turns; the first time that it is, on stdout too.
void Process::tell_readiness() {
    readiness_.tell(readiness());
    if (!greeting_.empty()) greet();
    heartbeat_.expires_after(greeting_.empty() ? 100ms : until_ready);
    heartbeat_.async_wait([this](boost::system::error_code) {
        if (!draining_) tell_readiness();
    });
}

/// The first thing that it waits for; null: it is ready.
const std::string* Process::missing() const {
    for (const auto& [what, ready] : conditions_) {
        if (!ready()) return &what;
    }
    return nullptr;
}

void Process::greet() {
    const auto* what = missing();
    if (!what) {
        std::cout << std::exchange(greeting_, {}) << std::endl;
    } else if (++waits_ == waits_unsaid) {
        spdlog::info("not ready yet: {}", *what);
    }
}

void Process::serve(
    const std::optional<gateway::http::ServerSettings>& http,
    const std::optional<gateway::http::ServerSettings>& health,
    std::chrono::milliseconds drain_limit
) {
    if (http) server_.emplace(io_, within_descriptors(*http, descriptors_), router_);
    readiness_.tell(readiness());
    std::optional<HealthServer> health_server;
    if (health) {
        gateway::http::Router probes;
        add_health_to(probes, [this] { return readiness_.ask(); });
        health_server.emplace(*health, std::move(probes));
    }
    infra::runtime::Crew crew;
    for (const auto& core : cores_) {
        crew.start([this, &core](const std::stop_token& stop) {
            run_until_stopped(core, clock_, stop);
        });
    }
    const LastResort last_resort(signals_.source().get_token(), drain_limit + last_resort_after);
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
    greeting_ = "ready";
    if (http) {
        greeting_ += " http://" + http->address + ':' + std::to_string(server_->port());
    } else if (health) {
        greeting_ += " http://" + health->address + ':' + std::to_string(health_server->port());
    }
    tell_readiness();
    io_.run();
    crew.stop_source().request_stop();
    crew.join();
}

void Process::drain(std::chrono::milliseconds limit) {
    spdlog::info("stopping");
    draining_ = true;
    heartbeat_.cancel();
    readiness_.tell_last(readiness());
    if (!server_) return;
    server_->drain(limit, [this] { asio::post(io_, [this] { server_.reset(); }); });
}

}  // namespace services::antiphon

#pragma once

#include "gateway/http/router.hpp"
#include "gateway/http/server.hpp"
#include "infra/runtime/step_loop.hpp"
#include "infra/runtime/stop_signals.hpp"
#include "infra/runtime/system_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace services::antiphon {

/// What every role that stays is made in: signals, a clock, one io_context on the main thread, and
/// a thread for each core. Parts are made after it, register here, and run while serve() does.
class Process {
  public:
    /// Also answers GET /livez (this thread is alive) and GET /readyz (all that ready_when()
    /// names).
    Process();

    const domain::Clock& clock() const { return clock_; }
    boost::asio::io_context& io() { return io_; }
    gateway::http::Router& router() { return router_; }

    /// Runs on a thread of its own.
    void add(infra::runtime::Core core) { cores_.push_back(std::move(core)); }

    /// `ready` is asked on the io_context and must not block.
    void ready_when(std::string what, std::function<bool()> ready);

    /// Binds, starts the cores, and serves until told to stop: then it is not ready any more, lets
    /// what is under way end, and stops the cores. Throws what a core threw. Without `http` it only
    /// runs the cores.
    void serve(
        const std::optional<gateway::http::ServerSettings>& http,
        std::chrono::milliseconds drain_limit
    );

  private:
    gateway::http::Response readiness() const;
    void drain(std::chrono::milliseconds limit);

    infra::runtime::StopSignals signals_;  ///< first: before any thread
    infra::runtime::SystemClock clock_;
    boost::asio::io_context io_{1};
    gateway::http::Router router_;
    std::optional<gateway::http::Server> server_;
    std::vector<infra::runtime::Core> cores_;
    std::vector<std::pair<std::string, std::function<bool()>>> conditions_;
    bool draining_ = false;
};

}  // namespace services::antiphon

#pragma once

#include "gateway/http/router.hpp"
#include "gateway/http/server.hpp"
#include "infra/runtime/step_loop.hpp"
#include "infra/runtime/stop_signals.hpp"
#include "infra/runtime/system_clock.hpp"
#include "services/antiphon/health.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

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
    /// names), on the port of `http` and on that of `health`. In development only this machine may
    /// call either, by its own names.
    explicit Process(bool development);

    const domain::Clock& clock() const { return clock_; }
    boost::asio::io_context& io() { return io_; }
    gateway::http::Router& router() { return router_; }

    /// Runs on a thread of its own. While its steps fail and it is vital, or one does not come to
    /// its end, the process is not ready.
    void add(infra::runtime::Core core);

    /// `ready` is asked on the io_context and must not block.
    void ready_when(std::string what, std::function<bool()> ready);

    /// Binds, starts the cores, and serves until told to stop: then it is not ready any more, lets
    /// what is under way end, and stops the cores. Prints "ready", and where it serves, when it is.
    /// Throws what a core threw. Without `http` it only runs the cores; without `health` nobody
    /// answers where the main loop cannot.
    void serve(
        const std::optional<gateway::http::ServerSettings>& http,
        const std::optional<gateway::http::ServerSettings>& health,
        std::chrono::milliseconds drain_limit
    );

  private:
    void
    add_health_to(gateway::http::Router& router, std::function<gateway::http::Response()> ready);
    const std::string* missing() const;
    gateway::http::Response readiness() const;
    void tell_readiness();
    void greet();
    void drain(std::chrono::milliseconds limit);

    infra::runtime::StopSignals signals_;  ///< first: before any thread
    const std::size_t descriptors_;
    const bool development_;
    infra::runtime::SystemClock clock_;
    boost::asio::io_context io_{1};
    gateway::http::Router router_;
    std::optional<gateway::http::Server> server_;
    Readiness readiness_{clock_};
    boost::asio::steady_timer heartbeat_{io_};
    std::vector<infra::runtime::Core> cores_;
    std::vector<std::pair<std::string, std::function<bool()>>> conditions_;
    std::string greeting_;  ///< to be printed when it is ready
    int waits_ = 0;         ///< for that
    bool draining_ = false;
};

}  // namespace services::antiphon

#pragma once

#include "domain/ports/clock.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http/server.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

namespace services::antiphon {

/// Is the process ready? Asked from any thread, told by the one of the main loop: one that has not
/// told for a while stands still, and then nothing is ready, whatever it told last.
class Readiness {
  public:
    explicit Readiness(const domain::Clock& clock) : clock_(clock) {}

    void tell(gateway::http::Response answer);
    /// It stops, and will tell nothing more.
    void tell_last(gateway::http::Response answer);
    gateway::http::Response ask() const;

  private:
    const domain::Clock& clock_;
    mutable std::mutex mutex_;
    gateway::http::Response answer_;
    std::chrono::milliseconds told_at_{};
    bool last_ = false;
};

/// GET /livez: whoever answers, lives. GET /readyz: what `ready` says.
void add_health(gateway::http::Router& router, std::function<gateway::http::Response()> ready);

/// Answers for the process' health on a port, a thread and descriptors of its own: also while the
/// main loop is busy or stands still, with all of its connections taken and no file left to open.
/// One who cannot be asked is taken for dead and killed, just when it has the most to do.
class HealthServer {
  public:
    /// Throws domain::SetupError where it cannot listen. The routes, of add_health(), are asked on
    /// the thread.
    HealthServer(gateway::http::ServerSettings settings, gateway::http::Router router);
    ~HealthServer();

    std::uint16_t port() const { return port_; }

  private:
    void run(std::promise<std::uint16_t> bound);

    const gateway::http::ServerSettings settings_;
    const gateway::http::Router router_;
    std::atomic<bool> stopped_ = false;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace services::antiphon

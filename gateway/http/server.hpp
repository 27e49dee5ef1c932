#pragma once

#include "gateway/http/router.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gateway::http {

/// Beyond connections_max so many are told so; still more are closed at once.
inline constexpr std::size_t refused_connections_max = 128;

struct ServerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one
    bool reuse_port = false;    ///< other processes of the same user may serve it too
    std::size_t connections_max = 10'000;
    std::size_t header_max_bytes = 8 * 1024;
    std::size_t body_max_bytes = 64 * 1024;
    std::chrono::milliseconds header_timeout{
        10'000};  ///< also for an idle kept-alive connection: see idle_timeout
    std::chrono::milliseconds body_timeout{10'000};
    std::chrono::milliseconds idle_timeout{60'000};
    std::chrono::milliseconds write_timeout{30'000};
    std::vector<std::string> cors_origins;  ///< allow-list; exact origins, no wildcard
};

/// An HTTP/1.1 server on one io_context and so on one thread: keep-alive, pipelining (answers in
/// order), time-outs, limits, CORS by allow-list, a problem+json for everything it refuses.
class Server {
  public:
    /// Binds and listens; throws domain::SetupError, which names address and port, if it cannot.
    Server(boost::asio::io_context& io, const ServerSettings& settings, const Router& router);
    ~Server();

    std::uint16_t port() const;

    /// Stops accepting, tells streams to end, lets each request under way be answered (with
    /// `Connection: close`) and then closes. `done` is called when no connection is left, or after
    /// `limit`. Call on the io_context.
    void drain(std::chrono::milliseconds limit, std::function<void()> done);

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace gateway::http

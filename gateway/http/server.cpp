#include "gateway/http/server.hpp"

#include "domain/kernel/error.hpp"
#include "gateway/http/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <unordered_set>

namespace gateway::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
/// Asio has no name for it.
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
using std::chrono::milliseconds;

/// What the kernel takes of an answer before the client has taken in what it was sent: without it,
/// some 4 MB for each client that does not read, outside of what bounds our memory.
using NotsentLowat = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
constexpr int notsent_lowat_bytes = 16 * 1024;

Acceptor listen(asio::io_context& io, const ServerSettings& settings) {
    try {
        const tcp::endpoint endpoint(asio::ip::make_address(settings.address), settings.port);
        Acceptor acceptor(io, endpoint.protocol());
        acceptor.set_option(Acceptor::reuse_address(true));
        if (settings.reuse_port) acceptor.set_option(ReusePort(true));
        acceptor.set_option(NotsentLowat(notsent_lowat_bytes));  // its connections inherit it
        acceptor.bind(endpoint);
        acceptor.listen();
        return acceptor;
    } catch (const boost::system::system_error& error) {
        throw domain::SetupError(
            "cannot listen on " + settings.address + " port " + std::to_string(settings.port) +
            ": " + error.code().message() + "; choose another address or port"
        );
    }
}

/// Deadlines are looked at so often that each is kept to an eighth of the shortest.
milliseconds sweep_interval(const ServerSettings& settings) {
    const milliseconds shortest = std::min(
        {settings.header_timeout,
         settings.body_timeout,
         settings.idle_timeout,
         settings.write_timeout}
    );
    return std::clamp(shortest / 8, milliseconds(5), milliseconds(250));
}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
  public:
    Impl(asio::io_context& io, const ServerSettings& settings, const Router& router)
        : io_(io), context_{settings, router}, acceptor_(listen(io, settings)), sweep_timer_(io) {}

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

    void start() {
        port_ = port();
        const auto over = [self = shared_from_this()](std::exception_ptr fault) {
            self->log_fault(fault);
        };
        asio::co_spawn(io_, accept(shared_from_this()), over);
        asio::co_spawn(io_, sweep(shared_from_this()), over);
    }

    void drain(milliseconds limit, std::function<void()> done) {
        context_.draining = true;
        drain_deadline_ = std::chrono::steady_clock::now() + limit;
        drained_ = std::move(done);
        acceptor_.close();
        for (Connection* connection : connections()) connection->drain();
        asio::post(io_, [self = shared_from_this()] { self->check_drained(); });
    }

    void stop() {
        stopped_ = true;
        drained_ = nullptr;
        acceptor_.close();
        sweep_timer_.cancel();
        for (Connection* connection : connections()) connection->close();
    }

    std::uint16_t port_ = 0;

  private:
    void log_fault(std::exception_ptr fault) {
        if (fault == nullptr) return;
        const std::size_t count = faults_.occurred(steady_now());
        if (count == 0) return;
        try {
            std::rethrow_exception(fault);
        } catch (const std::exception& error) {
            spdlog::error(
                "a connection ended by an error: {}{}", error.what(), domain::times(count)
            );
        }
    }

    /// The ends of floods of which a line has told the beginning.
    void log_repeats() {
        const auto now = steady_now();
        if (const auto count = context_.unavailable.left(now))
            spdlog::warn("{} more requests were answered with 503", count);
        if (const auto count = context_.failures.left(now))
            spdlog::error("{} more requests were answered with 500", count);
        if (const auto count = unaccepted_.left(now))
            spdlog::warn("a connection could not be accepted {} more times", count);
        if (const auto count = refused_.left(now))
            spdlog::warn("{} more connections were refused, being too many", count);
        if (const auto count = faults_.left(now))
            spdlog::error("{} more connections ended by an error", count);
    }

    static asio::awaitable<void> accept(std::shared_ptr<Impl> self) {
        while (self->acceptor_.is_open()) {
            auto [error, socket] =
                co_await self->acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
            if (!error) {
                self->adopt(std::move(socket));
            } else if (self->acceptor_.is_open()) {
                // Mostly too many open files: it passes, and spinning would not help.
                if (const auto count = self->unaccepted_.occurred(steady_now())) {
                    spdlog::warn(
                        "cannot accept a connection: {}{}", error.message(), domain::times(count)
                    );
                }
                asio::steady_timer pause(self->io_, milliseconds(50));
                co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
            }
        }
    }

    void adopt(Socket socket) {
        const std::size_t taken = connections_.size();
        const std::size_t max = context_.settings.connections_max;
        if (taken >= max && refused_.occurred(steady_now()) > 0)
            spdlog::warn("more than {} connections: they are refused", max);
        if (taken >= max + refused_connections_max) return;
        auto connection = std::make_shared<Connection>(std::move(socket), context_);
        connections_.insert(connection.get());
        asio::co_spawn(
            io_,
            taken < max ? connection->run() : connection->refuse(),
            [self = shared_from_this(), connection](std::exception_ptr fault) {
                self->log_fault(fault);
                self->connections_.erase(connection.get());
                self->check_drained();
            }
        );
    }

    static asio::awaitable<void> sweep(std::shared_ptr<Impl> self) {
        const milliseconds interval = sweep_interval(self->context_.settings);
        while (!self->stopped_) {
            self->sweep_timer_.expires_after(interval);
            co_await self->sweep_timer_.async_wait(asio::as_tuple(asio::use_awaitable));
            const SteadyTime now = std::chrono::steady_clock::now();
            for (Connection* connection : self->connections()) connection->check_deadline(now);
            self->log_repeats();
            if (self->drained_ && now >= self->drain_deadline_) {
                for (Connection* connection : self->connections()) connection->close();
                self->finish_drain();
            }
        }
    }

    void check_drained() {
        if (context_.draining && connections_.empty()) finish_drain();
    }

    void finish_drain() {
        if (drained_) std::exchange(drained_, nullptr)();
    }

    /// A copy, since what is done to them may end some.
    std::vector<Connection*> connections() const {
        return {connections_.begin(), connections_.end()};
    }

    asio::io_context& io_;
    ServerContext context_;
    Acceptor acceptor_;
    asio::steady_timer sweep_timer_;
    std::unordered_set<Connection*> connections_;
    SteadyTime drain_deadline_{};
    std::function<void()> drained_;
    bool stopped_ = false;
    domain::Repeats unaccepted_;
    domain::Repeats refused_;
    domain::Repeats faults_;
};

Server::Server(asio::io_context& io, const ServerSettings& settings, const Router& router)
    : impl_(std::make_shared<Impl>(io, settings, router)) {
    impl_->start();
}

Server::~Server() { impl_->stop(); }

std::uint16_t Server::port() const { return impl_->port_; }

void Server::drain(milliseconds limit, std::function<void()> done) {
    impl_->drain(limit, std::move(done));
}

}  // namespace gateway::http

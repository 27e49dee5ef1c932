#include "bench/load/reactor.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netdb.h>
#include <stdexcept>
#include <unistd.h>

namespace bench {
namespace {

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

int connect_to(const Endpoint& endpoint) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found) != 0) {
        throw std::runtime_error("unknown host " + endpoint.host);
    }
    int connected = -1;
    for (const addrinfo* it = found; it != nullptr && connected < 0; it = it->ai_next) {
        const int candidate = ::socket(it->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (candidate < 0) break;
        if (::connect(candidate, it->ai_addr, it->ai_addrlen) == 0) {
            connected = candidate;
        } else {
            const int error = errno;
            ::close(candidate);
            errno = error;
        }
    }
    ::freeaddrinfo(found);
    if (connected < 0) fail("cannot connect to " + endpoint.authority());
    return connected;
}

}  // namespace

Reactor::Reactor() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) fail("epoll_create1");
    ::prctl(PR_SET_TIMERSLACK, 1UL);  // the default of 50 us would make every scheduled send late
}

Reactor::~Reactor() { ::close(epoll_); }

void Reactor::wait(std::chrono::steady_clock::time_point until) {
    const auto left = std::max(
        std::chrono::nanoseconds(until - std::chrono::steady_clock::now()),
        std::chrono::nanoseconds(0)
    );
    const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    std::array<epoll_event, 256> events{};
    const int count =
        ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &timeout, nullptr);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2");
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        static_cast<Connection*>(event.data.ptr)->on_ready(event.events);
    }
}

Endpoint parse_url(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    const auto rest = url.starts_with(scheme) ? url.substr(scheme.size()) : std::string_view{};
    const auto colon = rest.find(':');
    auto port = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
    if (port.ends_with('/')) port.remove_suffix(1);
    const bool digits = port.find_first_not_of("0123456789") == std::string_view::npos;
    if (colon == 0 || port.empty() || !digits) {
        throw std::runtime_error("the URL must look like http://127.0.0.1:8080");
    }
    return {std::string(rest.substr(0, colon)), std::string(port)};
}

Connection::Connection(Reactor& reactor, const Endpoint& endpoint)
    : epoll_(reactor.epoll_), socket_(connect_to(endpoint)) {
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = this;
    if (::fcntl(socket_, F_SETFL, O_NONBLOCK) != 0 ||
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event) != 0) {
        ::close(socket_);
        fail("cannot watch a connection");
    }
}

Connection::~Connection() { ::close(socket_); }

void Connection::send(std::string_view bytes) {
    if (!unsent_.empty()) {
        unsent_ += bytes;
        return;
    }
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fail("a connection broke while sending");
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    if (bytes.empty()) return;
    unsent_ = bytes;
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT;
    event.data.ptr = this;
    if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket_, &event) != 0) fail("epoll_ctl");
}

void Connection::on_ready(std::uint32_t events) {
    if ((events & EPOLLOUT) != 0) flush();
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read();
}

void Connection::read() {
    static thread_local std::array<char, 64 * 1024> buffer;
    const auto size = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (size == 0) throw std::runtime_error("the server closed a connection");
    if (size < 0 && errno == EAGAIN) return;
    if (size < 0) fail("a connection broke while receiving");
    on_bytes({buffer.data(), static_cast<std::size_t>(size)});
}

void Connection::flush() {
    const auto sent = ::send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fail("a connection broke while sending");
    unsent_.erase(0, static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    if (!unsent_.empty()) return;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = this;
    if (::epoll_ctl(epoll_, EPOLL_CTL_MOD, socket_, &event) != 0) fail("epoll_ctl");
}

}  // namespace bench

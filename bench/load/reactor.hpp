#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace bench {

class Connection;

/// One thread's epoll.
class Reactor {
  public:
    Reactor();
    ~Reactor();
    Reactor(const Reactor&) = delete;
    Reactor& operator=(const Reactor&) = delete;

    /// Reads what has come on all connections, at the latest until `until`.
    void wait(std::chrono::steady_clock::time_point until);

  private:
    friend class Connection;
    int epoll_;
};

struct Endpoint {
    std::string host;
    std::string port;
    std::string authority() const { return host + ":" + port; }
};

/// "http://127.0.0.1:8080"; throws std::runtime_error for anything else.
Endpoint parse_url(std::string_view url);

/// A TCP connection of a client. Throws std::runtime_error where it cannot be made or breaks: a
/// load generator that loses connections measures something else.
class Connection {
  public:
    Connection(Reactor& reactor, const Endpoint& endpoint);
    virtual ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void send(std::string_view bytes);

  protected:
    virtual void on_bytes(std::string_view bytes) = 0;

  private:
    friend class Reactor;
    void on_ready(std::uint32_t events);
    void read();
    void flush();

    int epoll_;
    int socket_;
    std::string unsent_;
};

}  // namespace bench

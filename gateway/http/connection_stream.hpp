#pragma once

#include "gateway/http/connection.hpp"
#include "gateway/http/response_stream.hpp"

#include <boost/asio/buffer.hpp>

#include <functional>

namespace gateway::http {

/// The stream of one connection: lives while its handler runs.
class ConnectionStream : public ResponseStream {
  public:
    explicit ConnectionStream(Connection& connection) : connection_(connection) {}

    boost::asio::awaitable<void> answer(Response response) override;
    boost::asio::awaitable<bool> start(int status, Fields headers) override;
    boost::asio::awaitable<bool> write(std::vector<SharedBytes> pieces) override;
    void on_gone(std::function<void()> gone) override;
    bool gone() const override;

    bool answered() const { return answered_; }
    bool started() const { return started_; }
    /// Ends the body, so that the client knows that it is whole.
    boost::asio::awaitable<void> finish();
    /// The client has left, or the server drains.
    void tell_gone();

  private:
    bool has_body() const;
    boost::asio::awaitable<bool> send(std::vector<boost::asio::const_buffer> buffers);

    Connection& connection_;
    std::function<void()> on_gone_;
    bool answered_ = false;
    bool started_ = false;
};

}  // namespace gateway::http

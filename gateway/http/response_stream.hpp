#pragma once

#include "gateway/http/message.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <span>
#include <string>

namespace gateway::http {

/// Immutable bytes that many connections may send.
using SharedBytes = std::shared_ptr<const std::string>;

/// A response whose body is written piece by piece (chunked; ended by close for HTTP/1.0). Lives on
/// its connection's io_context.
class ResponseStream {
  public:
    virtual ~ResponseStream() = default;

    /// Answers normally instead of streaming: for a request that is refused. Once, and nothing
    /// after.
    virtual boost::asio::awaitable<void> answer(Response response) = 0;

    /// Sends status and headers. Once, before the first write. False: the client is gone, or wanted
    /// no more than that (HEAD).
    virtual boost::asio::awaitable<bool> start(int status, Fields headers) = 0;

    /// Writes all pieces in one vectored write. Returns when the kernel has taken them, so a slow
    /// client slows its caller. False: the client is gone or has not read for too long.
    virtual boost::asio::awaitable<bool> write(std::vector<SharedBytes> pieces) = 0;

    /// Calls `gone` once, on the io_context, when the client closes or the server drains; the
    /// handler then has to return soon.
    virtual void on_gone(std::function<void()> gone) = 0;

    /// The client is gone or the server drains.
    virtual bool gone() const = 0;
};

}  // namespace gateway::http

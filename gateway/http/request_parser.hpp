#pragma once

#include "gateway/http/message.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace gateway::http {

/// Reads one request from its bytes as they come, within limits. No I/O. A header that is at fault
/// is refused when all of them have been read, so that the refusal can go by their `Origin`.
class RequestParser {
  public:
    enum class Stage {
        header,   ///< more bytes are needed
        body,     ///< the header is there, more bytes are needed
        done,     ///< request() is whole; the bytes behind it are the next one's
        refused,  ///< refusal() says why; the connection cannot go on
    };

    RequestParser(std::size_t header_max_bytes, std::size_t body_max_bytes);
    ~RequestParser();

    /// How many of the bytes were taken. The others have to come again, with more behind them.
    std::size_t put(std::string_view bytes);

    Stage stage() const;
    /// Has something of it come, besides the empty lines that may stand before it?
    bool begun() const;
    /// Filled as far as it has been read, also when refused.
    Request& request();
    Response refusal() const;

    bool http_1_1() const;
    /// May another request follow on this connection?
    bool keep_alive() const;
    /// The client waits for a 100 before it sends the body.
    bool expects_continue() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace gateway::http

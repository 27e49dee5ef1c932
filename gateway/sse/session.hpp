#pragma once

#include "domain/ports/clock.hpp"
#include "gateway/http/response_stream.hpp"
#include "gateway/sse/hub.hpp"
#include "gateway/sse/settings.hpp"
#include "gateway/sse/streams.hpp"
#include "gateway/store/store_readers.hpp"

#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <memory>
#include <string>

namespace gateway::sse {

/// Who listens, and from where.
struct SessionRequest {
    std::string user;  ///< user_key(): whose reads they are
    StreamRequest stream;
    domain::Timestamp expires;
    std::shared_ptr<const std::atomic<bool>> withdrawn{};  ///< the token's key; null: for ever good
    double jitter = 0;  ///< in [0, 1): this client's share of every spread
};

/// One event stream from its status line to its end: when the client is gone, the server drains,
/// the token runs out or its key is withdrawn (then nothing more is sent, and an idle stream ends
/// at its next heartbeat), or the client may not go on. Adds itself to the hub before its first
/// suspension. The references outlive it, and `readers` outlives the io_context's run.
boost::asio::awaitable<void> run_session(
    http::ResponseStream& stream,
    Hub& hub,
    StoreReaders& readers,
    const domain::Clock& clock,
    const SseSettings& settings,
    SessionRequest request
);

}  // namespace gateway::sse

#pragma once

#include "domain/ports/clock.hpp"
#include "domain/ports/token_verifier.hpp"
#include "gateway/http/response_stream.hpp"
#include "gateway/sse/hub.hpp"
#include "gateway/sse/permission.hpp"
#include "gateway/sse/sequence.hpp"
#include "gateway/sse/settings.hpp"
#include "gateway/store/store_readers.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>
#include <variant>

namespace gateway::sse {

/// What a client is to be sent.
struct StreamRequest {
    std::shared_ptr<const Sequence> sequence;
    Begin begin;
    std::string last_event_id;  ///< or empty
    MayGoOn may_go_on = nullptr;
};

/// What all event streams of a process have in common: how many a user may have open, whatever they
/// are of, their pace, and who reads the store for them. On one io_context. Outlives the server.
class Streams {
  public:
    Streams(StoreReaders& readers, const domain::Clock& clock, SseSettings settings = {});
    Streams(const Streams&) = delete;
    Streams& operator=(const Streams&) = delete;

    /// A user's right to one stream more, given back at its end.
    using Slot = std::shared_ptr<const std::string>;

    /// 429 where the user has as many open as may be.
    std::variant<Slot, http::Response> enter(const std::string& user);

    /// From the status line to the end of the stream. Adds itself to the hub before its first
    /// suspension.
    boost::asio::awaitable<void> run(
        http::ResponseStream& stream,
        Hub& hub,
        const domain::VerifiedToken& caller,
        StreamRequest request
    );

  private:
    StoreReaders& readers_;
    const domain::Clock& clock_;
    const SseSettings settings_;
    std::minstd_rand random_{std::random_device{}()};
    std::unordered_map<std::string, std::size_t> open_;  ///< of each user
};

}  // namespace gateway::sse

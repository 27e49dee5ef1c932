#pragma once

#include "domain/ports/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace gateway::sse {

/// True once a stream has ended, of which something may still be under way. Any thread.
using Ended = std::shared_ptr<const std::atomic<bool>>;

/// May the client go on? What it reads may have changed whom it lets. Throws domain::WorldError
/// when that is not known now; once the stream has ended, nobody waits for the answer. Must not
/// refer to what ends before the io_context.
using MayGoOn = std::function<boost::asio::awaitable<bool>(Ended)>;

/// Whether a stream may go on, asked anew after something was sent on it, at most once in a while.
/// On one io_context.
class Permission {
  public:
    /// `ask`: null: for ever. Asks at most once in `every`; not before a part `share` of it, in
    /// [0, 1), is over, so that the clients that were sent the same do not ask at once.
    Permission(
        MayGoOn ask,
        const domain::Clock& clock,
        std::chrono::milliseconds every,
        double share
    );
    ~Permission() { state_->ended = true; }
    Permission(const Permission&) = delete;
    Permission& operator=(const Permission&) = delete;

    void sent();
    bool withdrawn() const { return state_->withdrawn; }

    /// Asks, if it is time; `wake` is called when there is an answer.
    void look(const boost::asio::any_io_executor& executor, std::function<void()> wake);

    /// When to look again; nothing while there is nothing to ask.
    std::optional<std::chrono::milliseconds> next_look() const;

  private:
    struct State {  // shared, since a stream that ends does not wait for its answer
        bool asking = false;
        bool due = false;
        bool withdrawn = false;
        std::atomic<bool> ended = false;
    };

    const MayGoOn ask_;
    const domain::Clock& clock_;
    const std::chrono::milliseconds every_;
    const std::chrono::milliseconds delay_;
    const std::shared_ptr<State> state_ = std::make_shared<State>();
    std::chrono::milliseconds look_at_{0};
    std::chrono::milliseconds not_before_{0};
};

}  // namespace gateway::sse

#include "gateway/sse/session.hpp"

#include "gateway/sse/frame.hpp"
#include "gateway/sse/subscription.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace gateway::sse {
namespace {

using boost::asio::awaitable;
using std::chrono::milliseconds;

/// Where a read of the store leaves what it found, and what wakes the session. Shared, since a
/// session that ends does not wait for its read.
struct Inbox {
    explicit Inbox(const boost::asio::any_io_executor& executor) : timer(executor) {}

    void wake() { timer.cancel(); }

    boost::asio::steady_timer timer;
    bool read_done = false;
    std::optional<Page> page;  ///< none: the read failed
};

class Session {
  public:
    Session(
        const boost::asio::any_io_executor& executor,
        http::ResponseStream& stream,
        Hub& hub,
        StoreReaders& readers,
        const domain::Clock& clock,
        const SseSettings& settings,
        SessionRequest request
    )
        : inbox_(std::make_shared<Inbox>(executor)),
          stream_(stream),
          readers_(readers),
          clock_(clock),
          settings_(settings),
          user_(std::move(request.user)),
          expires_(request.expires),
          withdrawn_(std::move(request.withdrawn)),
          jitter_(request.jitter),
          permission_(
              std::move(request.stream.may_go_on),
              clock,
              settings.permission_every,
              jitter_
          ),
          subscription_(
              hub,
              std::move(request.stream.sequence),
              std::move(request.stream.begin),
              std::move(request.stream.last_event_id),
              settings,
              [inbox = inbox_] { inbox->wake(); }
          ) {}

    awaitable<void> run() {
        stream_.on_gone([inbox = inbox_] { inbox->wake(); });
        if (!co_await stream_.start(200, headers())) co_return;
        std::vector<SharedBytes> pieces = greeting();
        while (co_await stream_.write(std::move(pieces))) {
            quiet_until_ = clock_.elapsed() + settings_.heartbeat;
            pieces.clear();
            while (!over() && (pieces = next_pieces()).empty()) {
                inbox_->timer.expires_after(until_next());
                co_await inbox_->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable)
                );
            }
            if (pieces.empty()) {
                pieces = farewell();
                co_await stream_.write(std::move(pieces));
                co_return;
            }
        }
    }

  private:
    static http::Fields headers() {
        return {
            {"Content-Type", "text/event-stream; charset=utf-8"},
            {"Cache-Control", "no-store, no-transform"},
            {"X-Accel-Buffering", "no"},
        };
    }

    std::vector<SharedBytes> greeting() const {
        return {heartbeat_frame(), retry(settings_.retry_jitter)};
    }

    std::vector<SharedBytes> farewell() const {
        if (stream_.gone()) return {retry(settings_.drain_window)};
        if (expired())
            return {
                retry(settings_.retry_jitter),
                notice_frame("auth-expired", "The token counts no more: come back with a new one."),
            };
        return {retry(settings_.retry_jitter)};
    }

    SharedBytes retry(milliseconds spread) const {
        return retry_frame(settings_.retry + share(spread));
    }

    milliseconds share(milliseconds spread) const {
        return milliseconds(static_cast<std::int64_t>(jitter_ * static_cast<double>(spread.count()))
        );
    }

    bool expired() const { return clock_.now() >= expires_ || (withdrawn_ && *withdrawn_); }

    bool over() const {
        return stream_.gone() || expired() || permission_.withdrawn() ||
               subscription_.next() == Subscription::Next::end;
    }

    std::vector<SharedBytes> next_pieces() {
        if (inbox_->read_done) end_read();
        permission_.look(inbox_->timer.get_executor(), [inbox = inbox_] { inbox->wake(); });
        if (subscription_.next() == Subscription::Next::send) {
            permission_.sent();
            return subscription_.take();
        }
        if (wants_read() && clock_.elapsed() >= read_at_) start_read();
        if (clock_.elapsed() >= quiet_until_) return {heartbeat_frame()};
        return {};
    }

    bool wants_read() const {
        return !reading_ && subscription_.next() == Subscription::Next::read;
    }

    void start_read() {
        // One that has read much waits, since a stream that is refused would only come again.
        if (const auto wait = readers_.pace(user_)) {
            read_at_ = clock_.elapsed() + *wait;
            return;
        }
        reading_ = true;
        std::function<Page(Stores&)> read = [sequence = subscription_.sequence(),
                                             after = subscription_.after(),
                                             limits = settings_](Stores& stores) {
            return sequence->read(*stores.events, after, limits);
        };
        boost::asio::co_spawn(
            inbox_->timer.get_executor(),
            readers_.read<Page>(user_, std::move(read)),
            [inbox = inbox_](std::exception_ptr error, Page page) {
                inbox->read_done = true;
                if (!error) inbox->page = std::move(page);
                inbox->wake();
            }
        );
    }

    /// A store that is away or lags is asked again later, and ever more rarely while it is away.
    void end_read() {
        reading_ = inbox_->read_done = false;
        milliseconds pause{0};
        if (inbox_->page) {
            failures_ = 0;
            if (inbox_->page->frames.empty()) pause = settings_.read_pause;
            readers_.charge(user_, inbox_->page->frames.size(), inbox_->page->bytes);
            subscription_.page(*std::exchange(inbox_->page, std::nullopt));
        } else {
            constexpr unsigned doublings_max = 16;
            failures_ = std::min(failures_ + 1, doublings_max);
            pause = std::min(settings_.read_pause * (1 << failures_), settings_.read_pause_max);
            pause = pause / 2 + share(pause / 2);
        }
        read_at_ = clock_.elapsed() + pause;
    }

    milliseconds until_next() const {
        milliseconds until = quiet_until_ - clock_.elapsed();
        if (wants_read()) until = std::min(until, read_at_ - clock_.elapsed());
        if (const auto at = permission_.next_look())
            until = std::min(until, *at - clock_.elapsed());
        until = std::min(until, std::chrono::duration_cast<milliseconds>(expires_ - clock_.now()));
        return std::max(until, milliseconds{0}) + milliseconds{1};
    }

    const std::shared_ptr<Inbox> inbox_;
    http::ResponseStream& stream_;
    StoreReaders& readers_;
    const domain::Clock& clock_;
    const SseSettings& settings_;
    const std::string user_;
    const domain::Timestamp expires_;
    const std::shared_ptr<const std::atomic<bool>> withdrawn_;
    const double jitter_;
    Permission permission_;
    Subscription subscription_;
    bool reading_ = false;
    unsigned failures_ = 0;  ///< reads, since the last that did not
    milliseconds read_at_{0};
    milliseconds quiet_until_{0};
};

}  // namespace

awaitable<void> run_session(
    http::ResponseStream& stream,
    Hub& hub,
    StoreReaders& readers,
    const domain::Clock& clock,
    const SseSettings& settings,
    SessionRequest request
) {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    Session session(executor, stream, hub, readers, clock, settings, std::move(request));
    co_await session.run();
}

}  // namespace gateway::sse

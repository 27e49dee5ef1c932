#pragma once

#include "gateway/sse/hub.hpp"
#include "gateway/sse/sequence.hpp"
#include "gateway/sse/settings.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gateway::sse {

/// What one connection sends: all events of its sequence behind its place, each once, in order.
/// It reads pages of the store until one reaches the position that the hub has (the seam), then
/// sends what the hub brings, and goes back to pages when told that something passed by or when its
/// bounded queue is full. Decides everything and does nothing: whoever drives it asks next() and
/// does that. No I/O, no clock; on the hub's thread.
class Subscription final : public Listener {
  public:
    /// `requested` is the client's Last-Event-ID, or empty. `wake` is called when next() may have
    /// changed without the driver's doing.
    Subscription(
        Hub& hub,
        std::shared_ptr<const Sequence> sequence,
        Begin begin,
        std::string requested,
        const SseSettings& settings,
        std::function<void()> wake
    );
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

    enum class Next {
        read,  ///< sequence()->read(after()), then page(); one at a time
        send,  ///< what take() gives, if anything
        wait,  ///< until woken
        end,   ///< the log is another one now: the client is to come back and be told so
    };
    Next next() const;

    const std::shared_ptr<const Sequence>& sequence() const { return sequence_; }
    const std::optional<Place>& after() const { return place_; }

    /// A page behind after(). If it brings nothing and next() is still `read`, the store lags
    /// behind the hub: pause before the next one.
    void page(Page page);

    /// All that is to be sent now, in one go; counts as sent.
    std::vector<SharedBytes> take();

    bool live(const Frame& frame) override;
    void behind() override;

  private:
    bool open(const Page& page);
    void begin(const domain::Cursor& head, std::string_view reason);
    bool beyond_the_log(const domain::Cursor& head) const;
    void catch_up();

    Hub& hub_;
    const std::shared_ptr<const Sequence> sequence_;
    Begin begin_;  ///< until the stream has begun
    const std::string requested_;
    const SseSettings& settings_;
    const std::function<void()> wake_;
    const std::uint64_t heads_before_;  ///< Hub::heads() when the client came

    std::optional<Place> place_;  ///< all up to here is sent or in outbox_
    bool opened_ = false;
    bool live_ = false;
    bool ended_ = false;
    domain::Position seam_;            ///< the page that reaches it is the last one
    std::vector<SharedBytes> outbox_;  ///< from pages
    std::vector<Frame> queue_;         ///< from the hub: all above seam_
    std::size_t queue_bytes_ = 0;
};

}  // namespace gateway::sse

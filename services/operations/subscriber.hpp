#pragma once

#include "domain/ports/event_log.hpp"
#include "domain/ports/subscriptions.hpp"
#include "services/operations/selection.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <span>
#include <string>

namespace services::operations {

/// Where a group begins that is new.
enum class SubscribeFrom { beginning, now };

/// Reads for one consumer group: every event that is selected, from where the group is on, in the
/// log's order, and then the new ones as they come. It reads the store, which is the log itself, so
/// there is no seam between what was and what is.
///
/// A place is kept once what lies before it was confirmed; whoever reads on from there after a
/// crash gets some events again, the last ones before it, and tells them by their positions. A
/// core: no thread, no clock. Used by one thread.
class Subscriber {
  public:
    /// Takes events over, in their order; throws where it cannot.
    using Deliver = std::function<void(std::span<const domain::EventEnvelope>)>;

    /// Both outlive this. `unconfirmed_max`: so many may be delivered that are not confirmed; 0:
    /// what is delivered counts as confirmed.
    Subscriber(
        domain::Subscriptions& subscriptions,
        domain::EventLog& events,
        std::string group,
        SubscribeFrom from,
        Selection selection,
        std::size_t unconfirmed_max,
        Deliver deliver
    );

    /// Delivers the next page, at most `most` events. False: there is none, or too many are not
    /// confirmed. Throws domain::WorldError when the store is away: the next call goes on. Throws
    /// domain::SetupError when another reader has taken over, or the log has begun another life
    /// than the group has read of.
    bool step(std::size_t most);

    /// Everything up to there is done with. Not beyond what was delivered.
    void confirm(domain::Position position);

    /// Keeps the place, as far as it is confirmed; also where it has not moved, since that is how
    /// one that was replaced hears of it. As step().
    void keep();

    /// All that there is has been delivered.
    bool at_end() const { return at_end_; }
    std::int64_t delivered() const { return delivered_; }

  private:
    void claim();

    domain::Subscriptions& subscriptions_;
    domain::EventLog& events_;
    const std::string group_;
    const SubscribeFrom from_;
    const Selection selection_;
    const std::size_t unconfirmed_max_;
    const Deliver deliver_;
    domain::Subscription claimed_{};  ///< with the place that is kept; epoch 0: not claimed
    domain::Position taken_;          ///< all up to here is delivered, or not selected
    domain::Position confirmed_;
    std::deque<domain::Position> under_way_;  ///< delivered and not confirmed
    bool at_end_ = false;
    std::int64_t delivered_ = 0;
};

}  // namespace services::operations

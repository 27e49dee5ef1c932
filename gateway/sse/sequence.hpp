#pragma once

#include "domain/ports/event_log.hpp"
#include "gateway/sse/frame.hpp"
#include "gateway/sse/hub.hpp"
#include "gateway/sse/settings.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace gateway::sse {

/// Where in a sequence a client is: it has all up to there.
struct Place {
    std::int64_t incarnation = 1;  ///< of the log
    std::int64_t number = 0;       ///< see Frame::place
    friend auto operator<=>(const Place&, const Place&) = default;
};

/// A part of a sequence as the store had it at one moment.
struct Page {
    domain::Cursor head;        ///< of the log at that moment
    bool known = true;          ///< the log had got as far as where the page begins
    std::vector<Frame> frames;  ///< in order
    bool whole = true;          ///< nothing is left up to `head`
    std::int64_t reached = 0;   ///< who has the page is here, if not further
    std::size_t bytes = 0;      ///< of what was read
};

/// One order of events that clients read, each from its place on: what concerns a user, or an
/// aggregate. Says what its frames are, and nothing of when they are sent (see Subscription).
/// Immutable; any thread.
class Sequence {
  public:
    explicit Sequence(HubKey key, bool dense) : key_(std::move(key)), dense_(dense) {}
    virtual ~Sequence() = default;

    /// What the hub brings it by.
    const HubKey& key() const { return key_; }

    /// Its places are 1, 2, 3 …: who has one knows which is next.
    bool dense() const { return dense_; }

    /// Of a Last-Event-ID; nothing if it is not exactly one of ours.
    virtual std::optional<Place> parse(std::string_view id) const = 0;

    /// Its first events behind `after`, none where `after` is no place of this log; without one,
    /// those behind its beginning (see Begin). Blocks; throws domain::WorldError when the store is
    /// away.
    virtual Page read(
        domain::EventLog& log,
        const std::optional<Place>& after,
        const SseSettings& limits
    ) const = 0;

  private:
    const HubKey key_;
    const bool dense_;
};

/// What a stream begins with that does not go on from `requested`, and why it does not; both are
/// empty where the client has asked for nothing. The stream goes on behind its place.
using Begin = std::function<
    Frame(const domain::Cursor& head, std::string_view requested, std::string_view reason)>;

}  // namespace gateway::sse

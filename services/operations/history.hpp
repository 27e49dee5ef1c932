#pragma once

#include "domain/kernel/page_size.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/folder.hpp"
#include "domain/ports/snapshot_store.hpp"
#include "services/operations/operation.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace services::operations {

/// One event of an aggregate, and what it made of it.
struct Moment {
    domain::EventEnvelope event;
    std::string command;     ///< name of the command that caused it; empty if it is gone
    domain::Payload before;  ///< the state; empty where there was none
    domain::Payload state;   ///< and after it
};

/// A place in the past of an aggregate: after so many events, or at a time.
using Bound = std::variant<domain::StreamVersion, domain::Timestamp>;

/// "7", or "2026-01-31T12:00:00Z" with any offset; nothing if it is neither.
std::optional<Bound> parse_bound(std::string_view text);

/// Of the past, both ends included; what is not said does not restrict.
struct Span {
    std::optional<Bound> from;
    std::optional<Bound> to;
    /// "7..9", "7..", "..2026-01-31T12:00:00Z"; nothing if it is none.
    static std::optional<Span> parse(std::string_view text);
    /// The one event that had happened last.
    static Span at(const Bound& moment) { return {moment, moment}; }
};

/// Tells the past of one aggregate event by event, to whoever operates the system: `may_read` is
/// not asked. Begins behind a snapshot where one helps.
class History final : public Operation {
  public:
    using Tell = std::function<void(const Moment&)>;

    /// What it reads and folds with. All outlive it.
    struct Parts {
        domain::EventLog& events;
        domain::CommandLog& commands;
        domain::SnapshotStore& snapshots;
        domain::Folder& folder;
    };

    History(const Parts& parts, domain::StreamId stream, Span span, Tell tell)
        : parts_(parts),
          stream_(std::move(stream)),
          span_(std::move(span)),
          tell_(std::move(tell)) {}

    /// Throws domain::SetupError too, where there is no such aggregate or time in its past, and
    /// where this build cannot fold it.
    bool step(std::size_t most) override;
    Advance advance() const override { return {told_ - before_, last_ - before_}; }

  private:
    void begin();
    void restore();
    std::int64_t version_at(domain::Timestamp time);
    void take(std::span<const domain::EventEnvelope> page);
    /// Null where the folder has lost the state: all is to be folded anew, then.
    std::optional<domain::Payload> fold(std::span<const domain::EventEnvelope> events, bool last);
    const std::string& command_of(const domain::EventEnvelope& event);

    const Parts parts_;
    const domain::StreamId stream_;
    const Span span_;
    const Tell tell_;
    domain::PageSize size_{1'000};
    bool begun_ = false;
    int anew_ = 0;
    // Versions:
    std::int64_t before_ = 0;  ///< the one before the first that is told
    std::int64_t last_ = 0;
    std::int64_t folded_ = 0;
    std::int64_t told_ = 0;
    domain::Payload state_;  ///< of what was told last
    domain::StoredCommand command_;
};

}  // namespace services::operations

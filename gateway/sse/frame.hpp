#pragma once

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/cursor.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::sse {

/// Immutable bytes that many connections send (http::SharedBytes, without its header).
using SharedBytes = std::shared_ptr<const std::string>;

/// One event as it goes over the wire.
struct Frame {
    std::int64_t place =
        0;  ///< in what its client reads (see Sequence); 0: a notification, in none
    SharedBytes bytes{};
};

/// `data: <CloudEvent as JSON>`, then `id: <cursor>` last, so that a client that is cut in between
/// asks for the event again. The same event gives the same bytes wherever it was read. Claims stay
/// inside.
Frame event_frame(const domain::EventEnvelope& event, std::int64_t incarnation);

/// The CloudEvent as JSON, as whoever may read the aggregate gets it: without what is of concern to
/// its sender alone.
std::string followed_event(const domain::EventEnvelope& event);

/// The same to whoever follows the aggregate: `event: <type>`, the CloudEvent, and its version as
/// the id.
Frame followed_frame(const domain::EventEnvelope& event, std::int64_t incarnation);

/// `event: snapshot`, with an aggregate as JSON: what its first `version` events have made of it.
Frame snapshot_frame(
    const domain::Payload& aggregate,
    domain::StreamVersion version,
    std::int64_t incarnation
);

/// The id by which a follower goes on: `7`. A log that was restored may give the same version
/// to another event, so in a later life of it the id names that, as a cursor does: `2-7`.
std::string version_id(std::int64_t incarnation, std::int64_t version);

/// Another service's CloudEvent for a user, without `id:`. Nothing if it is not well-formed:
/// without ce_id, ce_source or ce_type, not UTF-8, or with a value that is not JSON.
std::optional<Frame> notification_frame(const domain::Record& record);

/// First event of a stream that starts at the head: from `head` on nothing is missed.
SharedBytes ready_frame(const domain::Cursor& head);

/// First event of a stream that cannot resume: what lies between `requested` and `head` is unknown.
/// Of a `requested` that is no id of ours at all, null is reported.
SharedBytes
reset_frame(std::string_view requested, std::string_view reason, const domain::Cursor& head);

/// A named event that says why the stream ends: "auth-expired". An EventSource sees no status.
SharedBytes notice_frame(std::string_view name, std::string_view message);

/// When to come back. Without a blank line, which some clients take for an empty message.
SharedBytes retry_frame(std::chrono::milliseconds delay);

/// A comment; one newline for the same reason.
const SharedBytes& heartbeat_frame();

}  // namespace gateway::sse

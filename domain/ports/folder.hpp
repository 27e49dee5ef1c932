#pragma once

#include "domain/kernel/asked.hpp"
#include "domain/kernel/envelope.hpp"
#include "domain/kernel/snapshots.hpp"

#include <span>
#include <string>
#include <variant>
#include <vector>

namespace domain {

/// There is no state of that stream at that version: begin with its first event.
struct Lacking {
    friend bool operator==(const Lacking&, const Lacking&) = default;
};
/// The aggregate cannot fold this history, or not show what came of it. The reason (what was
/// thrown, which signal) is for the operator alone.
struct Unreadable {
    std::string reason;
    friend bool operator==(const Unreadable&, const Unreadable&) = default;
};
using FoldAnswer = std::variant<Payload, Lacking, Unreadable>;
using ReadAnswer = std::variant<bool, Lacking, Unreadable>;

/// Where histories are folded to be shown. The states stay here, those of the streams that were
/// used last, so that a long history may come in pages, and later only what is new of it. What a
/// stream is called here, but for its category, is the caller's to say: one that is folded twice
/// at a time, up to different versions, has two names. Whatever an aggregate does, throw, abort or
/// loop, is an answer. Used by one thread.
class Folder {
  public:
    virtual ~Folder() = default;

    /// Folds the next events of a stream, which follow on version `after`; 0 begins anew. With
    /// `last` the answer is the state as JSON, else empty. Blocks; throws WorldError when there is
    /// nobody who could fold.
    virtual FoldAnswer fold(
        const StreamId& stream,
        StreamVersion after,
        std::span<const EventEnvelope> events,
        bool last
    ) = 0;

    /// Whether it can read the snapshot, and go on behind it.
    virtual bool restore(const Snapshot& snapshot) = 0;

    /// The states that have become due for a snapshot since the last call.
    virtual std::vector<TakenSnapshot> snapshots() = 0;

    /// May whoever asks see this stream as it is at the version that they ask for? As fold() for
    /// the rest. At 0, of a stream that is not there, the answer takes its time, too.
    virtual ReadAnswer may_read(const StreamId& stream, const Asked& asked) = 0;
};

}  // namespace domain

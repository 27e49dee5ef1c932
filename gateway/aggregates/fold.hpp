#pragma once

#include "domain/ports/event_log.hpp"
#include "domain/ports/folder.hpp"
#include "domain/ports/snapshot_store.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

namespace gateway::aggregates {

/// An aggregate as its events up to some version make it. Its state is the folder's.
struct Fold {
    domain::StreamVersion version;
    domain::EventEnvelope last{};  ///< the event of that version
    bool whole = false;            ///< nothing lies behind it of what was asked for
    domain::Payload json{};        ///< the state, once it is whole
};
using FoldPtr = std::shared_ptr<const Fold>;

/// How far one page has brought it.
struct FoldStep {
    FoldPtr fold{};            ///< null if the history is unreadable
    std::string unreadable{};  ///< why, for an operator
    std::size_t events = 0;    ///< that were read for it,
    std::size_t bytes = 0;     ///< and the bytes of their data
};

/// What is folded, how far, and under what the folder keeps its state.
struct FoldOf {
    domain::StreamId stream;
    std::optional<domain::StreamVersion> up_to{};  ///< above 0; else all that there is
    domain::StreamId kept_as = stream;  ///< of the same category; what is past has one of its own
};

/// The past as one user reads it: none of it is taken for how things are now, and no other user's
/// steps through it undo these.
FoldOf
past_of(const domain::StreamId& stream, domain::StreamVersion version, const domain::Issuer& user);

/// Goes on by at most `page_max` events, from the first one if `from` is null, and not beyond
/// `up_to`, above which `from` is not. What is known is believed as long as its last event still
/// stands in the log, the same in all: a log that was restored has another one there, or none.
/// Then, and where the folder lacks the state, what comes back is at version 0 and not whole, and
/// all is to be read anew. Blocks; throws WorldError when the store is away, or nobody folds.
FoldStep fold_on(
    domain::EventLog& log,
    domain::Folder& folder,
    const FoldOf& what,
    const FoldPtr& from,
    std::size_t page_max
);

/// Goes on to the newest snapshot of the stream, if there is one behind `version`, not beyond
/// `up_to`, and the folder can read it; else the fold is null. Blocks; throws as fold_on().
FoldStep restore(
    domain::EventLog& log,
    domain::SnapshotStore& snapshots,
    domain::Folder& folder,
    const FoldOf& what,
    domain::StreamVersion version
);

/// The folds that were asked for last, so that a long history is read once and then only what is
/// new. Two generations, as the rate limiter has; each holds half of what may be. One thread.
class FoldCache {
  public:
    FoldCache(std::size_t folds_max, std::size_t bytes_max)
        : folds_max_(folds_max), bytes_max_(bytes_max) {}

    /// Null if it is not here.
    FoldPtr find(const domain::StreamId& stream);
    /// In place of any other of its aggregate, also if it is too large to be kept.
    void put(const domain::StreamId& stream, FoldPtr fold);

    std::size_t size() const { return young_.size() + old_.size(); }

  private:
    using Folds = std::unordered_map<std::string, FoldPtr>;

    const std::size_t folds_max_;
    const std::size_t bytes_max_;
    Folds young_;
    std::size_t young_bytes_ = 0;
    Folds old_;
};

}  // namespace gateway::aggregates

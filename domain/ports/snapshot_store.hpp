#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/snapshots.hpp"

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace domain {

/// Under what the states of each category are kept by this build: see Aggregate::state_form().
using StateForms = std::map<std::string, std::string, std::less<>>;

inline StateForms state_forms(std::span<const AggregatePtr> aggregates) {
    StateForms forms;
    for (const auto& each : aggregates)
        if (auto form = each->state_form(); !form.empty())
            forms.emplace(each->category(), std::move(form));
    return forms;
}

/// The snapshots of one build: of states in its forms. A cache: what is not here is folded from the
/// events, and what stands here is believed by whoever folds, so it never says what they do not. Of
/// a stream those of the two forms that came furthest are kept, so that two builds beside each
/// other do not undo each other's. Used by one thread at a time; every call blocks and throws
/// WorldError when the store is away.
class SnapshotStore {
  public:
    virtual ~SnapshotStore() = default;

    /// The snapshots of these streams, in the order asked, as many as there are and take at most
    /// `bytes_max`. Only such as stand: the log is in the life in which they were taken, and has
    /// their event at their version.
    virtual std::vector<Snapshot>
    find(std::span<const StreamId> streams, std::size_t bytes_max) = 0;

    /// In place of an older one. No effect where it would not stand, where a newer one does, or
    /// where the build has no form for it. May be put off, or come to nothing.
    virtual void save(const Snapshot& snapshot) = 0;
};

}  // namespace domain

#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/stream.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <unordered_map>

namespace domain {

/// An aggregate as it is after `version` events.
struct VersionedState {
    StreamVersion version;
    Folded state;
    StreamVersion kept{};                ///< of its newest snapshot, and
    std::chrono::nanoseconds folded{0};  ///< how long the events since then took
};

struct StreamHash {
    std::size_t operator()(const StreamId& stream) const {
        return std::hash<std::string>{}(stream.entity) * 31 +
               std::hash<std::string>{}(stream.category);
    }
};

/// The states that were used last, at most `states_max` of them. What it holds is as the store has
/// it, as long as nobody else writes those streams: forget what another may have written.
class StateCache {
  public:
    explicit StateCache(std::size_t states_max) : states_max_(states_max) {}

    /// Null if it is not here.
    const VersionedState* find(const StreamId& stream);
    void put(const StreamId& stream, VersionedState state);
    void forget(const StreamId& stream);
    void forget_if(const std::function<bool(const StreamId&)>& which);
    std::size_t size() const { return index_.size(); }

  private:
    struct Entry {
        StreamId stream;
        VersionedState state;
    };
    using Entries = std::list<Entry>;  ///< the one used last is in front

    std::size_t states_max_;
    Entries entries_;
    std::unordered_map<StreamId, Entries::iterator, StreamHash> index_;
};

}  // namespace domain

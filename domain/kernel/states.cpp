#include "domain/kernel/states.hpp"

namespace domain {

const VersionedState* StateCache::find(const StreamId& stream) {
    const auto found = index_.find(stream);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->state;
}

void StateCache::put(const StreamId& stream, VersionedState state) {
    const auto [place, fresh] = index_.try_emplace(stream);
    if (fresh) {
        entries_.push_front({stream, std::move(state)});
        place->second = entries_.begin();
    } else {
        place->second->state = std::move(state);
        entries_.splice(entries_.begin(), entries_, place->second);
    }
    if (entries_.size() > states_max_) {
        index_.erase(entries_.back().stream);
        entries_.pop_back();
    }
}

void StateCache::forget(const StreamId& stream) {
    const auto found = index_.find(stream);
    if (found == index_.end()) return;
    entries_.erase(found->second);
    index_.erase(found);
}

void StateCache::forget_if(const std::function<bool(const StreamId&)>& which) {
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        if (which(entry->stream)) {
            index_.erase(entry->stream);
            entry = entries_.erase(entry);
        } else {
            ++entry;
        }
    }
}

}  // namespace domain

#include "domain/kernel/key_holders.hpp"

#include <utility>

namespace domain {
namespace {

ReservedKey key_of(const StreamId& stream, const KeyChange& change) {
    return {stream.category, change.scope, change.key};
}

}  // namespace

const std::string* KeyHolders::holder(const ReservedKey& key) const {
    const auto found = all_.find(key);
    return found == all_.end() ? nullptr : &found->second;
}

const KeyChange* KeyHolders::refused(const StreamId& stream, std::span<const KeyChange> changes)
    const {
    for (const KeyChange& change : changes) {
        if (change.what != KeyChange::What::takes) continue;
        const std::string* entity = holder(key_of(stream, change));
        if (entity && *entity != stream.entity) return &change;
    }
    return nullptr;
}

void KeyHolders::change(const StreamId& stream, std::span<const KeyChange> changes) {
    for (const KeyChange& change : changes) {
        ReservedKey key = key_of(stream, change);
        const std::string* entity = holder(key);
        if (change.what == KeyChange::What::takes) {
            set(std::move(key), stream.entity);
        } else if (entity && *entity == stream.entity) {
            all_.erase(key);
        }
    }
}

void KeyHolders::set(ReservedKey key, std::string entity) {
    all_.insert_or_assign(std::move(key), std::move(entity));
}

bool KeyHolders::learn(const KeyHolders& told) {
    bool news = false;
    for (const auto& [key, entity] : told.all_) {
        const std::string* known = holder(key);
        if (known && *known == entity) continue;
        set(key, entity);
        news = true;
    }
    return news;
}

}  // namespace domain

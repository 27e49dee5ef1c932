#include "infra/memory/memory_subscriptions.hpp"

namespace infra::memory {

domain::Subscription
MemorySubscriptions::claim(const std::string& name, const domain::Cursor& from) {
    return store_.write([&](Tables& tables) {
        auto& subscription =
            tables.subscriptions.try_emplace(name, domain::Subscription{name, {}, from})
                .first->second;
        ++subscription.epoch.value;
        return subscription;
    });
}

bool MemorySubscriptions::advance(const domain::Subscription& to) {
    return store_.write([&](Tables& tables) {
        const auto found = tables.subscriptions.find(to.name);
        if (found == tables.subscriptions.end() || found->second.epoch != to.epoch) return false;
        found->second = to;
        return true;
    });
}

std::vector<domain::Subscription> MemorySubscriptions::all() {
    return store_.read([](const Tables& tables) {
        std::vector<domain::Subscription> all;
        for (const auto& [name, subscription] : tables.subscriptions) all.push_back(subscription);
        return all;
    });
}

bool MemorySubscriptions::drop(const std::string& name) {
    return store_.write([&](Tables& tables) { return tables.subscriptions.erase(name) > 0; });
}

}  // namespace infra::memory

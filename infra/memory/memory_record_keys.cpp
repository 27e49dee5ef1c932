#include "infra/memory/memory_record_keys.hpp"

#include <algorithm>

namespace infra::memory {
namespace {

domain::RecordKey make_key(std::int64_t number) {
    const std::string name = std::to_string(number);
    return {"memory-" + name, std::string(32 - name.size(), 's') + name};
}

/// The newest first.
std::vector<domain::RecordKey> keys_of(const Tables& tables) {
    std::vector<domain::RecordKey> keys;
    for (const auto& made : tables.record_keys) keys.push_back(made.key);
    std::ranges::reverse(keys);
    return keys;
}

}  // namespace

std::vector<domain::RecordKey> MemoryRecordKeys::valid() {
    return store_.read([](const Tables& tables) { return keys_of(tables); });
}

std::vector<domain::RecordKey>
MemoryRecordKeys::renew(std::chrono::seconds max_age, std::size_t keep) {
    return store_.write([&](Tables& tables) {
        auto& made = tables.record_keys;
        const auto now = clock_.elapsed();
        if (made.empty() || made.back().at <= now - max_age || made.back().at > now) {
            made.push_back({make_key(++tables.last_record_key), now});
            while (made.size() > keep) made.erase(made.begin());
        }
        return keys_of(tables);
    });
}

}  // namespace infra::memory

#include "infra/memory/memory_snapshot_store.hpp"

#include <algorithm>

namespace infra::memory {
namespace {

constexpr std::size_t forms_max = 2;

}  // namespace

bool stands(const Tables& tables, const domain::Snapshot& snapshot) {
    if (snapshot.incarnation != tables.incarnation) return false;
    const auto stream = tables.streams.find(snapshot.stream);
    const auto index = static_cast<std::size_t>(snapshot.version.value - 1);
    if (stream == tables.streams.end() || index >= stream->second.size()) return false;
    const auto position = static_cast<std::size_t>(stream->second[index].value);
    return domain::event_id(tables.events[position - 1]) == snapshot.last_event;
}

std::vector<domain::Snapshot>
MemorySnapshotStore::find(std::span<const domain::StreamId> streams, std::size_t bytes_max) {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::Snapshot> found;
        std::size_t bytes = 0;
        for (const auto& stream : streams) {
            const auto form = forms_.find(stream.category);
            const auto of_stream = tables.snapshots.find(stream);
            if (form == forms_.end() || of_stream == tables.snapshots.end()) continue;
            const auto snapshot = of_stream->second.find(form->second);
            if (snapshot == of_stream->second.end()) continue;
            if (!stands(tables, snapshot->second)) continue;
            bytes += snapshot->second.state.size();
            if (bytes > bytes_max) break;
            found.push_back(snapshot->second);
        }
        return found;
    });
}

void MemorySnapshotStore::save(const domain::Snapshot& snapshot) {
    const auto form = forms_.find(snapshot.stream.category);
    if (form == forms_.end()) return;
    store_.write([&](Tables& tables) {
        if (!stands(tables, snapshot)) return false;
        auto& kept = tables.snapshots[snapshot.stream];
        std::erase_if(kept, [&](const auto& each) { return !stands(tables, each.second); });
        auto& place = kept[form->second];
        if (place.version < snapshot.version) place = snapshot;
        if (kept.size() > forms_max) {
            const auto oldest = std::ranges::min_element(kept, {}, [](const auto& each) {
                return each.second.version;
            });
            kept.erase(oldest);
        }
        return true;
    });
}

}  // namespace infra::memory

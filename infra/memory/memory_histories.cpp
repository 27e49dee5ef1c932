#include "infra/memory/memory_histories.hpp"

namespace infra::memory {

std::vector<std::string> MemoryHistories::categories() {
    return store_.read([](const Tables& tables) {
        std::vector<std::string> all;
        for (const auto& [stream, positions] : tables.streams) {
            const bool ours = stream.category.starts_with('$');
            if (!ours && (all.empty() || all.back() != stream.category))
                all.push_back(stream.category);
        }
        return all;
    });
}

std::size_t MemoryHistories::count(const std::string& category) {
    return store_.read([&](const Tables& tables) {
        std::size_t events = 0;
        for (const auto& [stream, positions] : tables.streams)
            if (stream.category == category) events += positions.size();
        return events;
    });
}

std::vector<domain::EventEnvelope> MemoryHistories::read(
    const domain::StreamId& after,
    domain::StreamVersion version,
    std::size_t limit
) {
    return store_.read([&](const Tables& tables) {
        std::vector<domain::EventEnvelope> events;
        auto stream = tables.streams.lower_bound(after);
        for (; stream != tables.streams.end() && stream->first.category == after.category;
             ++stream) {
            for (const domain::Position position : stream->second) {
                const auto& event = tables.events[static_cast<std::size_t>(position.value) - 1];
                if (event.stream == after && event.version <= version) continue;
                if (events.size() == limit) return events;
                domain::EventEnvelope& told = events.emplace_back();
                told.stream = event.stream;
                told.version = event.version;
                told.type = event.type;
                told.data = event.data;
            }
        }
        return events;
    });
}

}  // namespace infra::memory

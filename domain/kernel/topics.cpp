#include "domain/kernel/topics.hpp"

namespace domain {

std::string Topics::commands(std::string_view category) const {
    return prefix + ".commands." + std::string(category);
}

std::string Topics::events(std::string_view category) const {
    return prefix + ".events." + std::string(category);
}

std::string Topics::replies() const { return prefix + ".replies"; }

std::string Topics::dead_letters() const { return prefix + ".dead-letters"; }

std::string_view Topics::category_of_commands(std::string_view topic) const {
    std::string start = commands("");
    return topic.starts_with(start) ? topic.substr(start.size()) : std::string_view{};
}

std::int32_t key_hash(std::string_view key) {
    constexpr std::uint32_t seed = 0x9747b28c;
    constexpr std::uint32_t mix = 0x5bd1e995;
    auto byte = [&](std::size_t i) -> std::uint32_t { return static_cast<unsigned char>(key[i]); };

    std::uint32_t hash = seed ^ static_cast<std::uint32_t>(key.size());
    std::size_t i = 0;
    for (; i + 4 <= key.size(); i += 4) {
        std::uint32_t word = byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
        word *= mix;
        word ^= word >> 24;
        hash = hash * mix ^ word * mix;
    }
    if (i < key.size()) {
        for (std::size_t tail = key.size(); tail > i; --tail)
            hash ^= byte(tail - 1) << 8 * (tail - 1 - i);
        hash *= mix;
    }
    hash ^= hash >> 13;
    hash *= mix;
    hash ^= hash >> 15;
    return static_cast<std::int32_t>(hash & 0x7fffffff);
}

}  // namespace domain

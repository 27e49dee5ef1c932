#include "domain/kernel/topics.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/names.hpp"

namespace domain {
namespace {

constexpr std::size_t topic_bytes_max = 249;  // as Kafka has it

}  // namespace

void Topics::check() const {
    constexpr std::size_t prefix_bytes_max =
        topic_bytes_max - sizeof(".commands.") - name_bytes_max;
    const bool fits = !prefix.empty() && prefix.size() <= prefix_bytes_max;
    if (!fits || !std::all_of(prefix.begin(), prefix.end(), [](char c) {
            return is_message_name({&c, 1}) || c == '.' || c == '_' || c == '-';
        }))
        throw SetupError(
            "kafka.prefix \"" + prefix +
            "\" cannot begin a topic's name: take letters, digits and "
            "\"._-\", " +
            std::to_string(prefix_bytes_max) + " at most"
        );
}

std::string Topics::commands(std::string_view category) const {
    return prefix + ".commands." + std::string(category);
}

std::string Topics::events(std::string_view category) const {
    return prefix + ".events." + std::string(category);
}

std::string Topics::replies() const { return prefix + ".replies"; }

std::string Topics::dead_letters() const { return prefix + ".dead-letters"; }

bool Topics::is_ours(std::string_view topic) const {
    return topic == replies() || topic == dead_letters() || topic.starts_with(commands("")) ||
           topic.starts_with(events(""));
}

std::optional<std::string_view> Topics::category_of_commands(std::string_view topic) const {
    const std::string start = commands("");
    if (!topic.starts_with(start)) return std::nullopt;
    return topic.substr(start.size());
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

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace domain {

/// The names of our topics.
struct Topics {
    std::string prefix = "antiphon";

    /// SetupError, if Kafka would refuse some of our names for this prefix.
    void check() const;

    std::string commands(std::string_view category) const;  ///< key: entity
    std::string events(std::string_view category) const;    ///< key: entity
    std::string replies() const;                            ///< key: user_key()
    std::string dead_letters() const;                       ///< key: entity

    /// Is it one of these?
    bool is_ours(std::string_view topic) const;

    /// The category of a command topic, which may be any text, the empty one too; nothing if the
    /// topic is none of ours.
    std::optional<std::string_view> category_of_commands(std::string_view topic) const;
};

/// murmur2 of the key without its sign bit, as Java's default partitioner of Kafka takes it
/// (org.apache.kafka.common.utils.Utils.murmur2 and toPositive).
std::int32_t key_hash(std::string_view key);

/// The partition that Java's default partitioner gives to this key.
inline std::int32_t partition_of(std::string_view key, std::int32_t partitions) {
    return key_hash(key) % partitions;
}

}  // namespace domain

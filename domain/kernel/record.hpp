#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

struct TopicPartition {
    std::string topic;
    std::int32_t partition = 0;
    friend auto operator<=>(const TopicPartition&, const TopicPartition&) = default;
};

struct Header {
    std::string name;
    std::string value;
    friend bool operator==(const Header&, const Header&) = default;
};

/// A Kafka record.
struct Record {
    TopicPartition target;
    std::string key;
    std::string value;
    std::vector<Header> headers;
    friend bool operator==(const Record&, const Record&) = default;
};

/// The value of the first header of this name.
std::optional<std::string_view> find_header(const Record& record, std::string_view name);

/// A place in a topic partition: the offset of a record, or of the next one, as the caller says.
struct PartitionOffset {
    TopicPartition partition;
    std::int64_t offset = 0;
    friend auto operator<=>(const PartitionOffset&, const PartitionOffset&) = default;
};

}  // namespace domain

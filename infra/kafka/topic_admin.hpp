#pragma once

#include "domain/ports/record_publisher.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

struct rd_kafka_s;

namespace infra::kafka {

/// Asks the cluster anew who and where it is. Throws WorldError when it does not answer.
void refresh_metadata(rd_kafka_s& client, std::chrono::milliseconds timeout);

/// As RecordPublisher::partitions.
std::int32_t
partition_count(rd_kafka_s& client, const std::string& topic, std::chrono::milliseconds timeout);

/// As RecordPublisher::ensure_topics. A broker that cannot make topics will do when it has them.
void ensure_topics(
    rd_kafka_s& client,
    std::span<const domain::TopicSpec> topics,
    std::chrono::milliseconds timeout
);

}  // namespace infra::kafka

#pragma once

#include "domain/ports/record_consumer.hpp"
#include "infra/kafka/client.hpp"

#include <chrono>
#include <string>
#include <vector>

/// What both kinds of consumer share.
namespace infra::kafka {

/// `group` must not be empty, though a consumer that assigns itself never joins it.
Client
new_consumer(const KafkaSettings& settings, const std::string& group, Conf conf, KafkaLog log);

/// One queue for all that happens to this consumer.
Queue queue_of(rd_kafka_s& consumer);

/// The next thing that happens, or null; waits at most `timeout`.
Event next_event(rd_kafka_s& consumer, rd_kafka_queue_s& queue, std::chrono::milliseconds timeout);

/// Appends the record of a fetch event; other events bring none.
void take_records(rd_kafka_op_s& event, std::vector<domain::ConsumedRecord>& records);

/// Pauses or resumes all that is assigned now.
void set_paused(rd_kafka_s& consumer, bool paused);

PartitionList to_list(std::span<const domain::PartitionOffset> offsets);
std::vector<domain::TopicPartition> to_partitions(const rd_kafka_topic_partition_list_s& list);

}  // namespace infra::kafka

#pragma once

#include "domain/ports/record_publisher.hpp"
#include "infra/kafka/handles.hpp"
#include "infra/kafka/kafka_settings.hpp"

#include <chrono>
#include <mutex>
#include <span>
#include <string>
#include <vector>

struct rd_kafka_topic_partition_s;

/// What producers and consumers have in common.
namespace infra::kafka {

/// What librdkafka's callbacks reach. Its client owns it, since a client that cannot be destroyed
/// goes on with its threads.
struct Callbacks {
    KafkaLog log;           ///< called on any thread of the client; under the mutex
    std::mutex mutex{};     ///< of `log`
    std::string failure{};  ///< why the client cannot go on; empty while it can

    std::string locked_out{};  ///< why Kafka and we do not come together; of the owner's thread
    std::chrono::steady_clock::time_point looked_at{};  ///< whether that is still so
};
Callbacks& callbacks_of(rd_kafka_s& client);

/// An error that librdkafka tells its owner. Those that say that Kafka does not let us in are kept
/// until it does.
void take_error(rd_kafka_s& client, int code, const std::string& text);

/// Kafka has answered.
void take_answer(rd_kafka_s& client);

/// Asks it, now and then, when it had locked us out.
void look_whether_let_in(rd_kafka_s& client);

/// The properties of every client.
Conf new_conf(const KafkaSettings& settings);

/// Throws SetupError if librdkafka does not take the value.
void set(Conf& conf, const char* name, const std::string& value);

enum class ClientKind { producer, consumer };
/// `log` gets its warnings. Throws SetupError if the properties do not fit together. Does not wait
/// for a broker.
Client new_client(ClientKind kind, Conf conf, KafkaLog log);

/// As the broker last said it; empty before it said anything.
std::string cluster_id(rd_kafka_s& client);

/// The entries of a list of librdkafka's.
std::span<rd_kafka_topic_partition_s> elements(const rd_kafka_topic_partition_list_s& list);

/// The offset of the next record of each of `partitions`, which are one or more, asked anew. Throws
/// WorldError.
std::vector<domain::PartitionOffset> end_offsets(
    rd_kafka_s& client,
    std::span<const domain::TopicPartition> partitions,
    std::chrono::milliseconds timeout
);

/// All partitions of `topics`.
std::vector<domain::TopicPartition> partitions_of(std::span<const domain::TopicSpec> topics);

int to_ms(std::chrono::milliseconds duration);

}  // namespace infra::kafka

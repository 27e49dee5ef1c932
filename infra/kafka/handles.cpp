#include "infra/kafka/handles.hpp"

#include "infra/kafka/client.hpp"

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace infra::kafka {
namespace {

constexpr std::chrono::seconds destroy_max{3};

/// librdkafka 2.0.2 may wait for ever for a broker's thread when a cluster was replaced under a
/// consumer (its issues 4131 and 4674). It is left behind then, with what its callbacks reach.
void destroy(rd_kafka_s* client) {
    Callbacks& reached = callbacks_of(*client);
    {
        const std::lock_guard lock(reached.mutex);
        reached.log = nullptr;  // whose own things may go once we return
    }
    std::promise<void> promise;
    const auto destroyed = promise.get_future();
    std::thread([client, &reached, promise = std::move(promise)]() mutable {
        const std::unique_ptr<Callbacks> callbacks(&reached);
        // A group is left beforehand and within bounds; without the flag this could wait for it.
        rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
        promise.set_value();
    }).detach();
    destroyed.wait_for(destroy_max);
}

}  // namespace

void Release::operator()(rd_kafka_s* client) const { destroy(client); }

void Release::operator()(rd_kafka_conf_s* conf) const { rd_kafka_conf_destroy(conf); }
void Release::operator()(rd_kafka_error_s* error) const { rd_kafka_error_destroy(error); }
void Release::operator()(rd_kafka_headers_s* headers) const { rd_kafka_headers_destroy(headers); }
void Release::operator()(const struct rd_kafka_metadata* metadata) const {
    rd_kafka_metadata_destroy(metadata);
}
void Release::operator()(rd_kafka_op_s* event) const { rd_kafka_event_destroy(event); }
void Release::operator()(rd_kafka_queue_s* queue) const { rd_kafka_queue_destroy(queue); }
void Release::operator()(rd_kafka_AdminOptions_s* options) const {
    rd_kafka_AdminOptions_destroy(options);
}
void Release::operator()(rd_kafka_NewPartitions_s* partitions) const {
    rd_kafka_NewPartitions_destroy(partitions);
}
void Release::operator()(rd_kafka_NewTopic_s* topic) const { rd_kafka_NewTopic_destroy(topic); }
void Release::operator()(rd_kafka_topic_partition_list_s* partitions) const {
    rd_kafka_topic_partition_list_destroy(partitions);
}
void Release::operator()(rd_kafka_topic_s* topic) const { rd_kafka_topic_destroy(topic); }

}  // namespace infra::kafka

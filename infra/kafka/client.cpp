#include "infra/kafka/client.hpp"

#include "domain/kernel/error.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <thread>
#include <utility>

namespace infra::kafka {
namespace {

constexpr std::size_t error_text_max = 512;

void forward_log(const rd_kafka_t* client, int, const char* facility, const char* text) {
    // librdkafka's own type does not say that it leaves the client as it is.
    Callbacks& callbacks = callbacks_of(const_cast<rd_kafka_t&>(*client));
    const std::lock_guard lock(callbacks.mutex);
    if (callbacks.log) callbacks.log(std::string("kafka: ") + facility + ": " + text);
}

PartitionList list_of(std::span<const domain::TopicSpec> topics, std::int64_t offset) {
    PartitionList list(rd_kafka_topic_partition_list_new(0));
    for (const domain::TopicSpec& topic : topics) {
        rd_kafka_topic_partition_list_add_range(
            list.get(), topic.topic.c_str(), 0, topic.partitions - 1
        );
    }
    for (auto& partition : elements(*list)) partition.offset = offset;
    return list;
}

/// Puts the ends in the place of what `list` asks for. All or none.
rd_kafka_resp_err_t ask_offsets(
    rd_kafka_s& client,
    rd_kafka_topic_partition_list_s& list,
    std::chrono::milliseconds timeout
) {
    if (const auto error = rd_kafka_offsets_for_times(&client, &list, to_ms(timeout))) return error;
    for (const auto& partition : elements(list))
        if (partition.err) return partition.err;
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

}  // namespace

void set(Conf& conf, const char* name, const std::string& value) {
    char text[error_text_max];
    if (rd_kafka_conf_set(conf.get(), name, value.c_str(), text, sizeof text) == RD_KAFKA_CONF_OK)
        return;
    std::string reason(text);
    if (reason.ends_with('\n')) reason.pop_back();
    throw domain::SetupError("the Kafka settings are not valid: " + reason);
}

Conf new_conf(const KafkaSettings& settings) {
    Conf conf(rd_kafka_conf_new());
    set(conf, "bootstrap.servers", settings.brokers);
    set(conf, "client.id", settings.client_id);
    set(conf, "log_level", "4");  // warnings and worse
    set(conf, "log.connection.close", "false");
    set(conf, "socket.nagle.disable", "true");
    set(conf, "socket.timeout.ms", "10000");
    set(conf, "socket.connection.setup.timeout.ms", "5000");
    set(conf, "reconnect.backoff.ms", "50");
    set(conf, "reconnect.backoff.max.ms", "1000");
    // How long a topic that was deleted, or a cluster that was replaced, goes unnoticed.
    set(conf, "topic.metadata.refresh.interval.ms", "2000");
    return conf;
}

Callbacks& callbacks_of(rd_kafka_s& client) {
    return *static_cast<Callbacks*>(rd_kafka_opaque(&client));
}

Client new_client(ClientKind kind, Conf conf, KafkaLog log) {
    auto callbacks = std::make_unique<Callbacks>(std::move(log));
    rd_kafka_conf_set_opaque(conf.get(), callbacks.get());
    rd_kafka_conf_set_log_cb(conf.get(), forward_log);
    char text[error_text_max];
    const auto type = kind == ClientKind::producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
    Client client(rd_kafka_new(type, conf.get(), text, sizeof text));
    if (!client) throw domain::SetupError(std::string("cannot make a Kafka client: ") + text);
    std::ignore = conf.release();  // the client owns both now
    std::ignore = callbacks.release();
    return client;
}

std::string cluster_id(rd_kafka_s& client) {
    const std::unique_ptr<char, void (*)(char*)> id(rd_kafka_clusterid(&client, 0), [](char* text) {
        rd_kafka_mem_free(nullptr, text);
    });
    return id ? id.get() : "";
}

std::span<rd_kafka_topic_partition_s> elements(const rd_kafka_topic_partition_list_s& list) {
    return {list.elems, static_cast<std::size_t>(list.cnt)};
}

std::vector<domain::PartitionOffset> end_offsets(
    rd_kafka_s& client,
    std::span<const domain::TopicSpec> topics,
    std::chrono::milliseconds timeout
) {
    // The protocol asks for "the offset at a time", where -1 stands for the end.
    constexpr std::int64_t at_the_end = RD_KAFKA_OFFSET_END;
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    PartitionList list = list_of(topics, at_the_end);
    auto error = ask_offsets(client, *list, timeout);
    // A topic that was just made has its leader on paper first.
    while (error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        list = list_of(topics, at_the_end);
        error = ask_offsets(client, *list, timeout);
    }
    if (error) {
        throw domain::WorldError(
            std::string("cannot ask Kafka where its topics end: ") + rd_kafka_err2str(error)
        );
    }
    std::vector<domain::PartitionOffset> ends;
    for (const auto& partition : elements(*list))
        ends.push_back({{partition.topic, partition.partition}, partition.offset});
    return ends;
}

int to_ms(std::chrono::milliseconds duration) {
    return static_cast<int>(
        std::clamp<std::int64_t>(duration.count(), 0, std::numeric_limits<int>::max())
    );
}

}  // namespace infra::kafka

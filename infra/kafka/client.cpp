#include "infra/kafka/client.hpp"

#include "domain/kernel/error.hpp"
#include "infra/kafka/security.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

namespace infra::kafka {
namespace {

constexpr std::size_t error_text_max = 512;

void tell(Callbacks& callbacks, KafkaNews news, const std::string& text) {
    const std::lock_guard lock(callbacks.mutex);
    if (callbacks.log) callbacks.log(news, "kafka: " + text);
}

/// A broker that has just started, or that gets a new neighbour, says so for some moments; what was
/// asked of it is asked again by librdkafka itself.
bool passes(std::string_view text) {
    return text.find("Coordinator load in progress: retrying") != text.npos;
}

void forward_log(const rd_kafka_t* client, int, const char* facility, const char* text) {
    // librdkafka's own type does not say that it leaves the client as it is.
    Callbacks& callbacks = callbacks_of(const_cast<rd_kafka_t&>(*client));
    const auto news = passes(text) ? KafkaNews::passing : KafkaNews::trouble;
    tell(callbacks, news, std::string(facility) + ": " + in_our_words(text));
}

void forward_error(rd_kafka_t* client, int code, const char* text, void*) {
    take_error(*client, code, text);
}

PartitionList list_of(std::span<const domain::TopicPartition> partitions, std::int64_t offset) {
    PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    for (const auto& [topic, partition] : partitions)
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = offset;
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
    secure(conf, settings.security);
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
    rd_kafka_conf_set_error_cb(conf.get(), forward_error);
    char text[error_text_max];
    const auto type = kind == ClientKind::producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
    Client client(rd_kafka_new(type, conf.get(), text, sizeof text));
    if (!client) throw domain::SetupError("cannot make a Kafka client: " + in_our_words(text));
    std::ignore = conf.release();  // the client owns both now
    std::ignore = callbacks.release();
    return client;
}

void take_error(rd_kafka_s& client, int code, const std::string& text) {
    KafkaNews news{};
    switch (code) {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION:
        case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
        case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
        case RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
            news = KafkaNews::not_authenticated;
            break;
        case RD_KAFKA_RESP_ERR__SSL:
            news = KafkaNews::not_trusted;
            break;
        case RD_KAFKA_RESP_ERR__TRANSPORT:
            // By TLS 1.3, a broker that refuses our certificate says so only after the handshake.
            if (text.find("SSL alert") == text.npos) return;
            news = KafkaNews::not_trusted;
            break;
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
            return tell(callbacks_of(client), KafkaNews::trouble, in_our_words(text));
        default:
            return;  // what is worth a line has come to the log
    }
    Callbacks& callbacks = callbacks_of(client);
    callbacks.locked_out = in_our_words(text);
    callbacks.looked_at = std::chrono::steady_clock::now();
    tell(callbacks, news, callbacks.locked_out);
}

void take_answer(rd_kafka_s& client) {
    Callbacks& callbacks = callbacks_of(client);
    if (callbacks.locked_out.empty()) return;
    callbacks.locked_out.clear();
    tell(callbacks, KafkaNews::let_in, "lets us in");
}

void look_whether_let_in(rd_kafka_s& client) {
    constexpr std::chrono::seconds pause{1};
    constexpr int wait_ms = 500;  // of a busy broker, 100 were too few for minutes on end
    Callbacks& callbacks = callbacks_of(client);
    const auto now = std::chrono::steady_clock::now();
    if (callbacks.locked_out.empty() || now - callbacks.looked_at < pause) return;
    callbacks.looked_at = now;
    const struct rd_kafka_metadata* answer = nullptr;
    if (rd_kafka_metadata(&client, 0, nullptr, &answer, wait_ms)) return;
    const Metadata owned(answer);
    take_answer(client);
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
    std::span<const domain::TopicPartition> partitions,
    std::chrono::milliseconds timeout
) {
    // The protocol asks for "the offset at a time", where -1 stands for the end.
    constexpr std::int64_t at_the_end = RD_KAFKA_OFFSET_END;
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    PartitionList list = list_of(partitions, at_the_end);
    auto error = ask_offsets(client, *list, timeout);
    // A topic that was just made has its leader on paper first.
    while (error == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        list = list_of(partitions, at_the_end);
        error = ask_offsets(client, *list, timeout);
    }
    if (error) {
        throw domain::WorldError(
            std::string("cannot ask Kafka where its topics end: ") + rd_kafka_err2str(error)
        );
    }
    take_answer(client);
    std::vector<domain::PartitionOffset> ends;
    for (const auto& partition : elements(*list))
        ends.push_back({{partition.topic, partition.partition}, partition.offset});
    return ends;
}

std::vector<domain::TopicPartition> partitions_of(std::span<const domain::TopicSpec> topics) {
    std::vector<domain::TopicPartition> all;
    for (const auto& [topic, partitions] : topics) {
        for (std::int32_t partition = 0; partition < partitions; ++partition)
            all.push_back({topic, partition});
    }
    return all;
}

int to_ms(std::chrono::milliseconds duration) {
    return static_cast<int>(
        std::clamp<std::int64_t>(duration.count(), 0, std::numeric_limits<int>::max())
    );
}

}  // namespace infra::kafka

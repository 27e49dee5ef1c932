#include "infra/kafka/kafka_record_publisher.hpp"

#include "domain/kernel/error.hpp"
#include "infra/kafka/topic_admin.hpp"

#include <librdkafka/rdkafka.h>

#include <array>
#include <limits>
#include <tuple>
#include <utility>

namespace infra::kafka {
namespace {

void delivered(rd_kafka_t* client, const rd_kafka_message_t* message, void*) {
    if (message->err) {
        callbacks_of(*client).failure = std::string("Kafka did not take a record of ") +
                                        rd_kafka_topic_name(message->rkt) + ": " +
                                        rd_kafka_err2str(message->err);
        return;
    }
    *static_cast<std::int64_t*>(message->_private) = message->offset;
}

Headers to_headers(const std::vector<domain::Header>& headers) {
    Headers list(rd_kafka_headers_new(headers.size()));
    for (const auto& [name, value] : headers) {
        rd_kafka_header_add(
            list.get(),
            name.data(),
            static_cast<ssize_t>(name.size()),
            value.data(),
            static_cast<ssize_t>(value.size())
        );
    }
    return list;
}

rd_kafka_vu_t bytes_argument(rd_kafka_vtype_t type, const std::string& bytes) {
    rd_kafka_vu_t argument{};
    argument.vtype = type;
    argument.u.mem.ptr = const_cast<char*>(bytes.data());  // copied by librdkafka, not written to
    argument.u.mem.size = bytes.size();
    return argument;
}

/// `reported` gets the record's offset once the broker has it.
Error produce(rd_kafka_s& producer, const domain::Record& record, std::int64_t& reported) {
    Headers headers = to_headers(record.headers);
    std::array<rd_kafka_vu_t, 7> arguments{};
    arguments[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    arguments[0].u.cstr = record.target.topic.c_str();
    arguments[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    arguments[1].u.i32 = record.target.partition;
    arguments[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    arguments[2].u.i = RD_KAFKA_MSG_F_COPY;
    arguments[3] = bytes_argument(RD_KAFKA_VTYPE_KEY, record.key);
    arguments[4] = bytes_argument(RD_KAFKA_VTYPE_VALUE, record.value);
    arguments[5].vtype = RD_KAFKA_VTYPE_HEADERS;
    arguments[5].u.headers = headers.get();
    arguments[6].vtype = RD_KAFKA_VTYPE_OPAQUE;
    arguments[6].u.ptr = &reported;
    Error error(rd_kafka_produceva(&producer, arguments.data(), arguments.size()));
    if (!error) std::ignore = headers.release();  // the producer owns them now
    return error;
}

}  // namespace

KafkaRecordPublisher::KafkaRecordPublisher(KafkaSettings settings, KafkaLog log)
    : settings_(std::move(settings)), log_(std::move(log)), producer_(new_producer()) {}

KafkaRecordPublisher::~KafkaRecordPublisher() = default;

Client KafkaRecordPublisher::new_producer() {
    Conf conf = new_conf(settings_);
    set(conf, "enable.idempotence", "true");
    set(conf, "acks", "all");
    set(conf, "message.timeout.ms", "0");  // never gives up on a record by itself
    set(conf, "linger.ms", std::to_string(settings_.linger_ms));
    set(conf, "queue.buffering.max.messages", std::to_string(settings_.send_records_max));
    // Records are bounded by number here and in size by whoever accepts them.
    set(conf, "queue.buffering.max.kbytes", std::to_string(std::numeric_limits<int>::max()));
    rd_kafka_conf_set_dr_msg_cb(conf.get(), delivered);
    return new_client(ClientKind::producer, std::move(conf), log_);
}

void KafkaRecordPublisher::ensure_topics(std::span<const domain::TopicSpec> topics) {
    kafka::ensure_topics(
        *producer_, topics, std::chrono::milliseconds(settings_.request_timeout_ms)
    );
}

std::int32_t KafkaRecordPublisher::partitions(const std::string& topic) {
    return partition_count(
        *producer_, topic, std::chrono::milliseconds(settings_.request_timeout_ms)
    );
}

domain::ClusterView KafkaRecordPublisher::view(std::span<const domain::TopicSpec> topics) {
    const std::chrono::milliseconds timeout(settings_.request_timeout_ms);
    refresh_metadata(*producer_, timeout);
    return {cluster_id(*producer_), end_offsets(*producer_, partitions_of(topics), timeout)};
}

void KafkaRecordPublisher::send(std::span<const domain::Record> batch) {
    for (const domain::Record& record : batch) {
        std::int64_t& reported = acknowledged_.try_emplace(record.target, -1).first->second;
        const Error error = produce(*producer_, record, reported);
        if (error) refused(record, *error);
    }
}

void KafkaRecordPublisher::refused(const domain::Record& record, rd_kafka_error_s& error) {
    const std::string text = rd_kafka_error_string(&error);
    switch (rd_kafka_error_code(&error)) {
        case RD_KAFKA_RESP_ERR__QUEUE_FULL:
            throw domain::SetupError(
                "a batch of more than " + std::to_string(settings_.send_records_max) +
                " records cannot be sent: make batches smaller or the Kafka send limit larger"
            );
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
            if (!log_) break;
            log_(
                KafkaNews::trouble,
                "a record of " + record.target.topic + " is larger than Kafka takes, so its " +
                    "readers read it from the store: " + text
            );
            break;
        default:
            callbacks_of(*producer_).failure =
                "cannot send to " + record.target.topic + ": " + text;
    }
}

bool KafkaRecordPublisher::flush(std::chrono::milliseconds timeout) {
    const auto result = rd_kafka_flush(producer_.get(), to_ms(timeout));
    char text[512];
    if (rd_kafka_fatal_error(producer_.get(), text, sizeof text))
        throw domain::WorldError(std::string("the Kafka producer cannot go on: ") + text);
    const std::string& failure = callbacks_of(*producer_).failure;
    if (!failure.empty()) throw domain::WorldError(failure);
    look_whether_let_in(*producer_);
    return result == RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::vector<domain::PartitionOffset> KafkaRecordPublisher::acknowledged() const {
    std::vector<domain::PartitionOffset> offsets;
    for (const auto& [partition, offset] : acknowledged_) {
        if (offset >= 0) offsets.push_back({partition, offset});
    }
    return offsets;
}

void KafkaRecordPublisher::abandon() {
    // Whoever was told of it is still to be told of its end.
    std::string locked_out = std::move(callbacks_of(*producer_).locked_out);
    producer_.reset();
    acknowledged_.clear();
    producer_ = new_producer();
    callbacks_of(*producer_).locked_out = std::move(locked_out);
}

}  // namespace infra::kafka

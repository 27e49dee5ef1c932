#include "infra/kafka/consuming.hpp"

#include <librdkafka/rdkafka.h>

#include <string_view>
#include <utility>

namespace infra::kafka {
namespace {

std::string to_string(const void* bytes, std::size_t size) {
    return bytes ? std::string(static_cast<const char*>(bytes), size) : std::string();
}

std::vector<domain::Header> headers_of(const rd_kafka_message_t& message) {
    std::vector<domain::Header> headers;
    rd_kafka_headers_t* list = nullptr;
    if (rd_kafka_message_headers(&message, &list)) return headers;
    headers.reserve(rd_kafka_header_cnt(list));
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; !rd_kafka_header_get_all(list, i, &name, &value, &size); ++i)
        headers.push_back({name, to_string(value, size)});
    return headers;
}

}  // namespace

Client
new_consumer(const KafkaSettings& settings, const std::string& group, Conf conf, KafkaLog log) {
    set(conf, "group.id", group);
    set(conf, "enable.auto.commit", "false");
    set(conf, "enable.auto.offset.store", "false");
    set(conf, "auto.offset.reset", "earliest");
    // We write no transactions, and one that somebody else leaves open would hold us up.
    set(conf, "isolation.level", "read_uncommitted");
    set(conf, "fetch.wait.max.ms", std::to_string(settings.fetch_wait_ms));
    set(conf, "fetch.error.backoff.ms", "50");
    set(conf, "queued.min.messages", std::to_string(settings.prefetch_records_max));
    set(conf, "queued.max.messages.kbytes", std::to_string(settings.prefetch_kilobytes_max));
    Client consumer = new_client(ClientKind::consumer, std::move(conf), std::move(log));
    rd_kafka_poll_set_consumer(consumer.get());
    return consumer;
}

Queue queue_of(rd_kafka_s& consumer) { return Queue(rd_kafka_queue_get_consumer(&consumer)); }

Event next_event(rd_kafka_s& consumer, rd_kafka_queue_s& queue, std::chrono::milliseconds timeout) {
    Event event(rd_kafka_queue_poll(&queue, to_ms(timeout)));
    if (!event)
        look_whether_let_in(consumer);
    else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR)
        take_error(
            consumer, rd_kafka_event_error(event.get()), rd_kafka_event_error_string(event.get())
        );
    return event;
}

void take_records(rd_kafka_op_s& event, std::vector<domain::ConsumedRecord>& records) {
    if (rd_kafka_event_type(&event) != RD_KAFKA_EVENT_FETCH) return;
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(&event)) {
        if (message->err) continue;
        domain::ConsumedRecord& taken = records.emplace_back();
        taken.offset = message->offset;
        taken.record.target = {rd_kafka_topic_name(message->rkt), message->partition};
        taken.record.key = to_string(message->key, message->key_len);
        taken.record.value = to_string(message->payload, message->len);
        taken.record.headers = headers_of(*message);
    }
}

void set_paused(rd_kafka_s& consumer, bool paused) {
    rd_kafka_topic_partition_list_t* assigned = nullptr;
    if (rd_kafka_assignment(&consumer, &assigned)) return;
    const PartitionList list(assigned);
    if (paused)
        rd_kafka_pause_partitions(&consumer, list.get());
    else
        rd_kafka_resume_partitions(&consumer, list.get());
}

PartitionList to_list(std::span<const domain::PartitionOffset> offsets) {
    PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
    for (const auto& [partition, offset] : offsets) {
        rd_kafka_topic_partition_list_add(list.get(), partition.topic.c_str(), partition.partition)
            ->offset = offset;
    }
    return list;
}

std::vector<domain::TopicPartition> to_partitions(const rd_kafka_topic_partition_list_s& list) {
    std::vector<domain::TopicPartition> partitions;
    for (const auto& element : elements(list))
        partitions.push_back({element.topic, element.partition});
    return partitions;
}

}  // namespace infra::kafka

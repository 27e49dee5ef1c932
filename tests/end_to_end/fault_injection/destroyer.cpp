#include "tests/end_to_end/fault_injection/destroyer.hpp"

#include <array>

namespace {

constexpr int timeout_ms = 10'000;

}  // namespace

Destroyer::Destroyer(const std::string& brokers) {
    std::array<char, 512> text{};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), text.data(), text.size());
    client_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text.data(), text.size());
    queue_ = rd_kafka_queue_new(client_);
}

Destroyer::~Destroyer() {
    rd_kafka_queue_destroy(queue_);
    rd_kafka_destroy(client_);
}

void Destroyer::wait() {
    if (rd_kafka_event_t* event = rd_kafka_queue_poll(queue_, timeout_ms))
        rd_kafka_event_destroy(event);
}

void Destroyer::delete_topic(const std::string& topic) {
    rd_kafka_DeleteTopic_t* request = rd_kafka_DeleteTopic_new(topic.c_str());
    rd_kafka_DeleteTopics(client_, &request, 1, nullptr, queue_);
    wait();
    rd_kafka_DeleteTopic_destroy(request);
}

std::int64_t
Destroyer::delete_records(const std::string& topic, int partitions, std::mt19937& random) {
    std::int64_t count = 0;
    rd_kafka_topic_partition_list_t* up_to = rd_kafka_topic_partition_list_new(partitions);
    for (int partition = 0; partition < partitions; ++partition) {
        std::int64_t first = 0;
        std::int64_t end = 0;
        if (rd_kafka_query_watermark_offsets(
                client_, topic.c_str(), partition, &first, &end, timeout_ms
            ) != RD_KAFKA_RESP_ERR_NO_ERROR)
            continue;
        const bool all = std::uniform_int_distribution<>(0, 2)(random) == 0;
        const auto offset = all ? end : std::uniform_int_distribution(first, end)(random);
        rd_kafka_topic_partition_list_add(up_to, topic.c_str(), partition)->offset = offset;
        count += offset - first;
    }
    rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(up_to);
    rd_kafka_DeleteRecords(client_, &request, 1, nullptr, queue_);
    wait();
    rd_kafka_DeleteRecords_destroy(request);
    rd_kafka_topic_partition_list_destroy(up_to);
    return count;
}

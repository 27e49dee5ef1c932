#pragma once

#include "domain/ports/record_publisher.hpp"
#include "infra/kafka/client.hpp"
#include "infra/kafka/handles.hpp"
#include "infra/kafka/kafka_settings.hpp"

#include <cstdint>
#include <map>

namespace infra::kafka {

/// An idempotent producer. Does not wait for the broker to be there, not even when it is made. A
/// batch or record that the broker can never take throws SetupError from send().
class KafkaRecordPublisher final : public domain::RecordPublisher {
  public:
    KafkaRecordPublisher(KafkaSettings settings, KafkaLog log);
    ~KafkaRecordPublisher() override;
    KafkaRecordPublisher(const KafkaRecordPublisher&) = delete;
    KafkaRecordPublisher& operator=(const KafkaRecordPublisher&) = delete;

    void ensure_topics(std::span<const domain::TopicSpec> topics) override;
    std::int32_t partitions(const std::string& topic) override;
    domain::ClusterView view(std::span<const domain::TopicSpec> topics) override;
    void send(std::span<const domain::Record> batch) override;
    bool flush(std::chrono::milliseconds timeout) override;
    std::vector<domain::PartitionOffset> acknowledged() const override;
    void abandon() override;

  private:
    Client new_producer();
    void refused(const domain::Record& record, rd_kafka_error_s& error);

    KafkaSettings settings_;
    KafkaLog log_;
    std::map<domain::TopicPartition, std::int64_t> acknowledged_;  // -1: nothing yet
    Client producer_;  // last: it goes first, and uses the others until then
};

}  // namespace infra::kafka

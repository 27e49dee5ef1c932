#pragma once

#include "infra/kafka/kafka_group_consumer.hpp"
#include "infra/kafka/kafka_record_publisher.hpp"
#include "infra/kafka/kafka_tail_consumer.hpp"
#include "tests/contract/broker_world.hpp"

#include <utility>

namespace contract {

/// Kafka's adapters, all with the same settings. What they tell goes to `log`.
class KafkaWorld final : public BrokerWorld {
  public:
    explicit KafkaWorld(infra::kafka::KafkaSettings settings, infra::kafka::KafkaLog log = {})
        : settings_(std::move(settings)), log_(std::move(log)) {}

    std::unique_ptr<domain::RecordPublisher> make_publisher() override {
        return std::make_unique<infra::kafka::KafkaRecordPublisher>(settings_, log_);
    }
    std::unique_ptr<domain::RecordConsumer>
    make_group_consumer(const std::vector<std::string>& topics, const std::string& group) override {
        return std::make_unique<infra::kafka::KafkaGroupConsumer>(settings_, group, topics, log_);
    }
    std::unique_ptr<domain::TailConsumer> make_tail_consumer() override {
        return std::make_unique<infra::kafka::KafkaTailConsumer>(settings_, log_);
    }

  private:
    infra::kafka::KafkaSettings settings_;
    infra::kafka::KafkaLog log_;
};

}  // namespace contract

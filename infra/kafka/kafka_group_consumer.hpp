#pragma once

#include "domain/ports/record_consumer.hpp"
#include "infra/kafka/client.hpp"
#include "infra/kafka/handles.hpp"
#include "infra/kafka/kafka_settings.hpp"

#include <string>
#include <vector>

namespace infra::kafka {

/// A member of a consumer group: whenever one comes or goes, each gives up all of its partitions
/// and gets its new share (eager rebalancing, see ADR 12). Reading starts at the committed offset,
/// or at the beginning where it is missing or out of range. What was paused may take up to a second
/// to flow again after resume(). Leaves the group when it is destroyed, which takes up to two
/// seconds.
class KafkaGroupConsumer final : public domain::RecordConsumer {
  public:
    KafkaGroupConsumer(
        const KafkaSettings& settings,
        const std::string& group,
        std::span<const std::string> topics,
        KafkaLog log
    );
    ~KafkaGroupConsumer() override;
    KafkaGroupConsumer(const KafkaGroupConsumer&) = delete;
    KafkaGroupConsumer& operator=(const KafkaGroupConsumer&) = delete;

    domain::Polled poll(std::size_t max, std::chrono::milliseconds timeout) override;
    void pause() override;
    void resume() override;
    void commit(std::span<const domain::PartitionOffset> next) override;

    /// The group has given it its share, which may be no partition at all, and the broker has
    /// answered a fetch from each: what comes there now is here at once.
    bool reading() const;

  private:
    void rebalance(rd_kafka_op_s& event, domain::Polled& polled);

    Client consumer_;
    Queue queue_;
    bool paused_ = false;
    bool joined_ = false;
};

}  // namespace infra::kafka

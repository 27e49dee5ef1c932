#pragma once

#include "domain/ports/tail_consumer.hpp"
#include "infra/kafka/client.hpp"
#include "infra/kafka/handles.hpp"
#include "infra/kafka/kafka_settings.hpp"

#include <set>
#include <string>
#include <vector>

namespace infra::kafka {

/// Reads partitions by itself, from where they end when it has asked for that; until then a poll()
/// may wait half a second longer than it is told to. A new cluster in the place of the one that is
/// read is read from its beginning. Comes to Kafka only when there is something to follow.
class KafkaTailConsumer final : public domain::TailConsumer {
  public:
    KafkaTailConsumer(KafkaSettings settings, KafkaLog log);
    KafkaTailConsumer(const KafkaTailConsumer&) = delete;
    KafkaTailConsumer& operator=(const KafkaTailConsumer&) = delete;

    void follow(std::vector<domain::TopicPartition> partitions) override;
    domain::Polled poll(std::size_t max, std::chrono::milliseconds timeout) override;
    void pause() override;
    void resume() override;
    /// Nothing: it starts at the end next time too.
    void commit(std::span<const domain::PartitionOffset> next) override;

  private:
    void open();
    bool start(domain::Polled& polled);
    bool start(std::span<const domain::TopicPartition> of_a_topic, domain::Polled& polled);
    void follow_cluster();

    const KafkaSettings settings_;
    const KafkaLog log_;
    Client consumer_;  // null until there is something to follow
    Queue queue_;
    std::set<domain::TopicPartition> followed_;
    std::set<domain::TopicPartition> reading_;  // of these
    std::string cluster_id_;                    // of the cluster that is being read
    bool paused_ = false;
};

}  // namespace infra::kafka

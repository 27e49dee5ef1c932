#pragma once

#include "domain/ports/record_consumer.hpp"
#include "infra/kafka/client.hpp"
#include "infra/kafka/handles.hpp"
#include "infra/kafka/kafka_settings.hpp"

#include <string>
#include <vector>

namespace infra::kafka {

/// Reads all partitions of some topics by itself, from where they end now. They are reported as
/// assigned, once, when their ends are known, which the first poll() that finds the broker asks for
/// (until then a poll may wait half a second longer than it is told to): from then on nothing that
/// is written is left out as long as the cluster lives. A new cluster in its place is read from its
/// beginning.
class KafkaTailConsumer final : public domain::RecordConsumer {
  public:
    KafkaTailConsumer(
        const KafkaSettings& settings,
        std::vector<domain::TopicSpec> topics,
        KafkaLog log
    );
    KafkaTailConsumer(const KafkaTailConsumer&) = delete;
    KafkaTailConsumer& operator=(const KafkaTailConsumer&) = delete;

    domain::Polled poll(std::size_t max, std::chrono::milliseconds timeout) override;
    void pause() override;
    void resume() override;
    /// Nothing: it starts at the end next time too.
    void commit(std::span<const domain::PartitionOffset> next) override;

  private:
    bool start(domain::Polled& polled);
    void follow_cluster();
    void assign(std::span<const domain::PartitionOffset> from);

    std::vector<domain::TopicSpec> topics_;
    Client consumer_;
    Queue queue_;
    bool started_ = false;
    std::string cluster_id_;  // of the cluster that is being read
    bool paused_ = false;
};

}  // namespace infra::kafka

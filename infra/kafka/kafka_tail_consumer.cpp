#include "infra/kafka/kafka_tail_consumer.hpp"

#include "domain/kernel/error.hpp"
#include "infra/kafka/consuming.hpp"

#include <librdkafka/rdkafka.h>

#include <utility>

namespace infra::kafka {

using namespace std::chrono_literals;

namespace {
constexpr auto start_max = 500ms;
}

KafkaTailConsumer::KafkaTailConsumer(
    const KafkaSettings& settings,
    std::vector<domain::TopicSpec> topics,
    KafkaLog log
)
    : topics_(std::move(topics)),
      consumer_(new_consumer(settings, settings.client_id, new_conf(settings), std::move(log))),
      queue_(queue_of(*consumer_)) {}

domain::Polled KafkaTailConsumer::poll(std::size_t max, std::chrono::milliseconds timeout) {
    domain::Polled polled;
    if (started_) {
        follow_cluster();
    } else if (start(polled)) {
        return polled;
    }
    while (polled.records.size() < max) {
        const Event event = next_event(*queue_, timeout);
        if (!event) break;
        timeout = 0ms;
        take_records(*event, polled.records);
    }
    return polled;
}

bool KafkaTailConsumer::start(domain::Polled& polled) {
    try {
        const auto ends = end_offsets(*consumer_, topics_, start_max);
        assign(ends);
        for (const domain::PartitionOffset& end : ends) polled.assigned.push_back(end.partition);
        cluster_id_ = cluster_id(*consumer_);
        started_ = true;
    } catch (const domain::WorldError&) {
        // Nothing has happened yet; the next poll asks again.
    }
    return started_;
}

/// An offset of the old cluster may well exist in the new one, so that no error would ever tell.
void KafkaTailConsumer::follow_cluster() {
    const std::string now = cluster_id(*consumer_);
    if (now == cluster_id_) return;
    cluster_id_ = now;
    std::vector<domain::PartitionOffset> beginnings;
    for (const domain::TopicSpec& topic : topics_) {
        for (std::int32_t partition = 0; partition < topic.partitions; ++partition)
            beginnings.push_back({{topic.topic, partition}, RD_KAFKA_OFFSET_BEGINNING});
    }
    assign(beginnings);
}

void KafkaTailConsumer::assign(std::span<const domain::PartitionOffset> from) {
    const PartitionList list = to_list(from);
    rd_kafka_assign(consumer_.get(), list.get());
    if (paused_) set_paused(*consumer_, true);
}

void KafkaTailConsumer::pause() {
    paused_ = true;
    set_paused(*consumer_, true);
}

void KafkaTailConsumer::resume() {
    paused_ = false;
    set_paused(*consumer_, false);
}

void KafkaTailConsumer::commit(std::span<const domain::PartitionOffset>) {}

}  // namespace infra::kafka

#include "infra/kafka/kafka_tail_consumer.hpp"

#include "domain/kernel/error.hpp"
#include "infra/kafka/consuming.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

namespace infra::kafka {

using namespace std::chrono_literals;

namespace {

constexpr auto start_max = 500ms;

PartitionList list_of(const std::set<domain::TopicPartition>& partitions, std::int64_t offset) {
    std::vector<domain::PartitionOffset> offsets;
    for (const auto& partition : partitions) offsets.push_back({partition, offset});
    return to_list(offsets);
}

}  // namespace

KafkaTailConsumer::KafkaTailConsumer(KafkaSettings settings, KafkaLog log)
    : settings_(std::move(settings)), log_(std::move(log)) {}

void KafkaTailConsumer::open() {
    consumer_ = new_consumer(settings_, settings_.client_id, new_conf(settings_), log_);
    queue_ = queue_of(*consumer_);
}

void KafkaTailConsumer::follow(std::vector<domain::TopicPartition> partitions) {
    if (!consumer_ && !partitions.empty()) open();
    followed_ = {partitions.begin(), partitions.end()};
    std::set<domain::TopicPartition> gone;
    std::ranges::set_difference(reading_, followed_, std::inserter(gone, gone.end()));
    if (gone.empty()) return;
    const PartitionList list = list_of(gone, RD_KAFKA_OFFSET_INVALID);
    const Error error(rd_kafka_incremental_unassign(consumer_.get(), list.get()));
    for (const auto& partition : gone) reading_.erase(partition);
}

domain::Polled KafkaTailConsumer::poll(std::size_t max, std::chrono::milliseconds timeout) {
    domain::Polled polled;
    if (!consumer_) {
        std::this_thread::sleep_for(timeout);
        return polled;
    }
    follow_cluster();
    if (reading_.size() < followed_.size() && start(polled)) return polled;
    while (polled.records.size() < max) {
        const Event event = next_event(*consumer_, *queue_, timeout);
        if (!event) break;
        timeout = 0ms;
        take_records(*event, polled.records);
    }
    return polled;
}

/// Topic by topic: what is wrong with one is not to keep the others waiting.
bool KafkaTailConsumer::start(domain::Polled& polled) {
    std::vector<domain::TopicPartition> waiting;
    std::ranges::set_difference(followed_, reading_, std::back_inserter(waiting));
    bool started = false;
    for (auto from = waiting.begin(); from != waiting.end();) {
        const auto to = std::find_if(from, waiting.end(), [&](const auto& partition) {
            return partition.topic != from->topic;
        });
        started = start({from, to}, polled) || started;
        from = to;
    }
    return started;
}

bool KafkaTailConsumer::start(
    std::span<const domain::TopicPartition> of_a_topic,
    domain::Polled& polled
) {
    try {
        const PartitionList list = to_list(end_offsets(*consumer_, of_a_topic, start_max));
        const Error error(rd_kafka_incremental_assign(consumer_.get(), list.get()));
        if (error) return false;
    } catch (const domain::WorldError&) {
        return false;  // nothing has happened yet; the next poll asks again
    }
    if (paused_) set_paused(*consumer_, true);
    if (cluster_id_.empty()) cluster_id_ = cluster_id(*consumer_);
    reading_.insert(of_a_topic.begin(), of_a_topic.end());
    polled.assigned.insert(polled.assigned.end(), of_a_topic.begin(), of_a_topic.end());
    return true;
}

/// An offset of the old cluster may well exist in the new one, so that no error would ever tell.
void KafkaTailConsumer::follow_cluster() {
    const std::string now = cluster_id(*consumer_);
    if (cluster_id_.empty() || now == cluster_id_) return;
    cluster_id_ = now;
    const PartitionList list = list_of(reading_, RD_KAFKA_OFFSET_BEGINNING);
    rd_kafka_assign(consumer_.get(), list.get());
    if (paused_) set_paused(*consumer_, true);
}

void KafkaTailConsumer::pause() {
    paused_ = true;
    if (consumer_) set_paused(*consumer_, true);
}

void KafkaTailConsumer::resume() {
    paused_ = false;
    if (consumer_) set_paused(*consumer_, false);
}

void KafkaTailConsumer::commit(std::span<const domain::PartitionOffset>) {}

}  // namespace infra::kafka

#include "infra/kafka/kafka_group_consumer.hpp"

#include "domain/kernel/error.hpp"
#include "infra/kafka/consuming.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <utility>

namespace infra::kafka {
namespace {

using namespace std::chrono_literals;

constexpr auto leave_max = 2s;

Client new_member(const KafkaSettings& settings, const std::string& group, KafkaLog log) {
    Conf conf = new_conf(settings);
    set(conf, "partition.assignment.strategy", "roundrobin");  // see ADR 12
    set(conf, "session.timeout.ms", std::to_string(settings.session_timeout_ms));
    set(conf, "heartbeat.interval.ms", std::to_string(settings.session_timeout_ms / 6));
    set(conf, "max.poll.interval.ms", std::to_string(settings.max_poll_interval_ms));
    rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_REBALANCE);
    return new_consumer(settings, group, std::move(conf), std::move(log));
}

}  // namespace

KafkaGroupConsumer::KafkaGroupConsumer(
    const KafkaSettings& settings,
    const std::string& group,
    std::span<const std::string> topics,
    KafkaLog log
)
    : consumer_(new_member(settings, group, std::move(log))), queue_(queue_of(*consumer_)) {
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
    for (const std::string& topic : topics) {
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    }
    if (const auto error = rd_kafka_subscribe(consumer_.get(), list.get()))
        throw domain::SetupError(std::string("cannot subscribe: ") + rd_kafka_err2str(error));
}

KafkaGroupConsumer::~KafkaGroupConsumer() {
    const Error error(rd_kafka_consumer_close_queue(consumer_.get(), queue_.get()));
    const auto deadline = std::chrono::steady_clock::now() + leave_max;
    domain::Polled ignored;
    while (!error && !rd_kafka_consumer_closed(consumer_.get()) &&
           std::chrono::steady_clock::now() < deadline) {
        const Event event = next_event(*consumer_, *queue_, 50ms);
        if (event && rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE)
            rebalance(*event, ignored);
    }
}

domain::Polled KafkaGroupConsumer::poll(std::size_t max, std::chrono::milliseconds timeout) {
    domain::Polled polled;
    while (polled.records.size() < max) {
        const Event event = next_event(*consumer_, *queue_, timeout);
        if (!event) break;
        timeout = 0ms;
        if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_REBALANCE) {
            rebalance(*event, polled);
            break;
        }
        take_records(*event, polled.records);
    }
    return polled;
}

void KafkaGroupConsumer::rebalance(rd_kafka_op_s& event, domain::Polled& polled) {
    rd_kafka_topic_partition_list_t* list = rd_kafka_event_topic_partition_list(&event);
    if (rd_kafka_event_error(&event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        rd_kafka_assign(consumer_.get(), list);
        if (paused_) rd_kafka_pause_partitions(consumer_.get(), list);
        polled.assigned = to_partitions(*list);
        joined_ = true;
    } else {
        rd_kafka_assign(consumer_.get(), nullptr);
        polled.revoked = to_partitions(*list);
        std::erase_if(polled.records, [&](const domain::ConsumedRecord& taken) {
            return std::ranges::count(polled.revoked, taken.record.target) > 0;
        });
    }
}

bool KafkaGroupConsumer::reading() const {
    rd_kafka_topic_partition_list_t* assigned = nullptr;
    if (!joined_ || rd_kafka_assignment(consumer_.get(), &assigned)) return false;
    const PartitionList list(assigned);
    return std::ranges::all_of(elements(*list), [&](const auto& partition) {
        std::int64_t low = RD_KAFKA_OFFSET_INVALID;
        std::int64_t high = RD_KAFKA_OFFSET_INVALID;  // known from the first fetch on
        rd_kafka_get_watermark_offsets(
            consumer_.get(), partition.topic, partition.partition, &low, &high
        );
        return high >= 0;
    });
}

void KafkaGroupConsumer::pause() {
    paused_ = true;
    set_paused(*consumer_, true);
}

void KafkaGroupConsumer::resume() {
    paused_ = false;
    set_paused(*consumer_, false);
}

void KafkaGroupConsumer::commit(std::span<const domain::PartitionOffset> next) {
    constexpr int without_waiting = 1;
    if (next.empty()) return;
    const PartitionList list = to_list(next);
    rd_kafka_commit(consumer_.get(), list.get(), without_waiting);
}

}  // namespace infra::kafka

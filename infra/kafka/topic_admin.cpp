#include "infra/kafka/topic_admin.hpp"

#include "domain/kernel/error.hpp"
#include "infra/kafka/client.hpp"
#include "infra/kafka/handles.hpp"

#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace infra::kafka {
namespace {

using namespace std::chrono_literals;

constexpr int all_topics = 1;
constexpr int known_topics = 0;

Metadata ask(
    rd_kafka_s& client,
    int which,
    std::chrono::milliseconds timeout,
    rd_kafka_topic_t* only_topic = nullptr
) {
    const struct rd_kafka_metadata* answer = nullptr;
    const auto error = rd_kafka_metadata(&client, which, only_topic, &answer, to_ms(timeout));
    if (error) {
        throw domain::WorldError(std::string("Kafka does not answer: ") + rd_kafka_err2str(error));
    }
    return Metadata(answer);
}

using Counts = std::map<std::string, std::int32_t, std::less<>>;

/// Asks for all topics, never for ours by name: naming a missing one makes some brokers create it,
/// with a number of partitions of their own.
Counts partition_counts(rd_kafka_s& client, std::chrono::milliseconds timeout) {
    const Metadata metadata = ask(client, all_topics, timeout);
    Counts counts;
    for (int i = 0; i < metadata->topic_cnt; ++i)
        counts[metadata->topics[i].topic] = metadata->topics[i].partition_cnt;
    return counts;
}

std::vector<domain::TopicSpec>
missing_of(std::span<const domain::TopicSpec> wanted, const Counts& found) {
    std::vector<domain::TopicSpec> missing;
    std::ranges::copy_if(wanted, std::back_inserter(missing), [&](const auto& topic) {
        return !found.contains(topic.topic);
    });
    return missing;
}

void check_counts(std::span<const domain::TopicSpec> wanted, const Counts& found) {
    for (const domain::TopicSpec& topic : wanted) {
        const auto it = found.find(topic.topic);
        if (it == found.end() || it->second == topic.partitions) continue;
        throw domain::SetupError(
            "topic " + topic.topic + " has " + std::to_string(it->second) + " partitions, and " +
            std::to_string(topic.partitions) + " are wanted: run with " +
            std::to_string(it->second) +
            " partitions, or delete the topic (it is made and filled again from the store)"
        );
    }
}

void check_created(const std::string& topic, rd_kafka_resp_err_t error, const char* text) {
    const std::string reason = text ? text : rd_kafka_err2str(error);
    switch (error) {
        case RD_KAFKA_RESP_ERR_NO_ERROR:
        case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:  // somebody else was quicker
            return;
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
        case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
        case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
            throw domain::SetupError(
                "Kafka refuses to make topic " + topic + " (" + reason +
                "): make it by hand, or allow it"
            );
        default:
            throw domain::WorldError("cannot make topic " + topic + ": " + reason);
    }
}

void create(
    rd_kafka_s& client,
    std::span<const domain::TopicSpec> topics,
    std::chrono::milliseconds timeout
) {
    constexpr int brokers_default_replication = -1;
    std::vector<NewTopic> owned;
    std::vector<rd_kafka_NewTopic_t*> requests;
    char text[512];
    for (const domain::TopicSpec& topic : topics) {
        owned.emplace_back(rd_kafka_NewTopic_new(
            topic.topic.c_str(), topic.partitions, brokers_default_replication, text, sizeof text
        ));
        if (!owned.back()) throw domain::SetupError("topic " + topic.topic + ": " + text);
        requests.push_back(owned.back().get());
    }
    const AdminOptions options(rd_kafka_AdminOptions_new(&client, RD_KAFKA_ADMIN_OP_CREATETOPICS));
    const int timeout_ms = to_ms(timeout);
    rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms, text, sizeof text);
    rd_kafka_AdminOptions_set_operation_timeout(options.get(), timeout_ms, text, sizeof text);
    const Queue queue(rd_kafka_queue_new(&client));
    rd_kafka_CreateTopics(&client, requests.data(), requests.size(), options.get(), queue.get());
    // The request ends by its own time-out; this one is only behind it.
    const Event event(rd_kafka_queue_poll(queue.get(), timeout_ms + 1'000));
    if (!event) throw domain::WorldError("Kafka does not answer: cannot make topics");
    check_created(
        topics.front().topic,
        rd_kafka_event_error(event.get()),
        rd_kafka_event_error_string(event.get())
    );
    std::size_t count = 0;
    const rd_kafka_topic_result_t* const* results = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event.get()), &count
    );
    for (const rd_kafka_topic_result_t* result : std::span(results, count)) {
        check_created(
            rd_kafka_topic_result_name(result),
            rd_kafka_topic_result_error(result),
            rd_kafka_topic_result_error_string(result)
        );
    }
}

/// The embedded broker makes no topics on request: it names a controller that is not there.
bool can_create(rd_kafka_s& client, std::chrono::milliseconds timeout) {
    const Metadata metadata = ask(client, known_topics, timeout);
    const std::span brokers(metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt));
    const std::int32_t controller = rd_kafka_controllerid(&client, 0);
    return std::ranges::any_of(brokers, [&](const auto& broker) {
        return broker.id == controller;
    });
}

/// Where topics are made by whoever names them, that is the way.
void name(
    rd_kafka_s& client,
    std::span<const domain::TopicSpec> topics,
    std::chrono::milliseconds timeout
) {
    for (const domain::TopicSpec& spec : topics) {
        const Topic topic(rd_kafka_topic_new(&client, spec.topic.c_str(), nullptr));
        ask(client, known_topics, timeout, topic.get());
    }
}

}  // namespace

void refresh_metadata(rd_kafka_s& client, std::chrono::milliseconds timeout) {
    ask(client, known_topics, timeout);
}

void ensure_topics(
    rd_kafka_s& client,
    std::span<const domain::TopicSpec> topics,
    std::chrono::milliseconds timeout
) {
    Counts found = partition_counts(client, timeout);
    check_counts(topics, found);
    auto missing = missing_of(topics, found);
    if (missing.empty()) return;
    if (can_create(client, timeout))
        create(client, missing, timeout);
    else
        name(client, missing, timeout);
    // A broker may answer before it knows of the new topics itself.
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!missing.empty()) {
        if (std::chrono::steady_clock::now() > deadline)
            throw domain::WorldError(
                "topic " + missing.front().topic + " was made and is not there"
            );
        found = partition_counts(client, timeout);
        missing = missing_of(topics, found);
        if (!missing.empty()) std::this_thread::sleep_for(20ms);
    }
    check_counts(topics, found);
}

}  // namespace infra::kafka

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
    rd_kafka_poll(&client, 0);  // hears why not, or what is over now
    if (error) {
        const std::string& locked_out = callbacks_of(client).locked_out;
        if (!locked_out.empty())
            throw domain::WorldError("Kafka does not let us in: " + locked_out);
        throw domain::WorldError(std::string("Kafka does not answer: ") + rd_kafka_err2str(error));
    }
    take_answer(client);
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

/// Those that are not there, or have not all of their partitions. More than are wanted do no harm.
std::vector<domain::TopicSpec>
lacking(std::span<const domain::TopicSpec> wanted, const Counts& found) {
    std::vector<domain::TopicSpec> lacking;
    std::ranges::copy_if(wanted, std::back_inserter(lacking), [&](const auto& topic) {
        const auto it = found.find(topic.topic);
        return it == found.end() || it->second < topic.partitions;
    });
    return lacking;
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
            throw domain::WorldError(
                "Kafka refuses to make topic " + topic + " (" + reason +
                "): make it by hand, or allow it"
            );
        default:
            throw domain::WorldError("cannot make topic " + topic + ": " + reason);
    }
}

/// Waits for the answer to a request for topics, and looks at what came of each.
class AdminRequest {
  public:
    AdminRequest(
        rd_kafka_s& client,
        rd_kafka_admin_op_t operation,
        std::chrono::milliseconds timeout
    )
        : options(rd_kafka_AdminOptions_new(&client, operation)),
          queue(rd_kafka_queue_new(&client)),
          timeout_ms_(to_ms(timeout)) {
        char text[512];
        rd_kafka_AdminOptions_set_request_timeout(options.get(), timeout_ms_, text, sizeof text);
        rd_kafka_AdminOptions_set_operation_timeout(options.get(), timeout_ms_, text, sizeof text);
    }

    template <class ResultOf, class TopicsOf>
    void check(const std::string& first_topic, ResultOf result_of, TopicsOf topics_of) {
        // The request ends by its own time-out; this one is only behind it.
        const Event event(rd_kafka_queue_poll(queue.get(), timeout_ms_ + 1'000));
        if (!event) throw domain::WorldError("Kafka does not answer: cannot make topics");
        check_created(
            first_topic, rd_kafka_event_error(event.get()), rd_kafka_event_error_string(event.get())
        );
        std::size_t count = 0;
        const rd_kafka_topic_result_t* const* results = topics_of(result_of(event.get()), &count);
        for (const rd_kafka_topic_result_t* result : std::span(results, count)) {
            check_created(
                rd_kafka_topic_result_name(result),
                rd_kafka_topic_result_error(result),
                rd_kafka_topic_result_error_string(result)
            );
        }
    }

    const AdminOptions options;
    const Queue queue;

  private:
    int timeout_ms_;
};

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
    AdminRequest request(client, RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout);
    rd_kafka_CreateTopics(
        &client, requests.data(), requests.size(), request.options.get(), request.queue.get()
    );
    request.check(
        topics.front().topic,
        rd_kafka_event_CreateTopics_result,
        rd_kafka_CreateTopics_result_topics
    );
}

/// Somebody has made these with fewer partitions than keys are spread over.
void grow(
    rd_kafka_s& client,
    std::span<const domain::TopicSpec> topics,
    std::chrono::milliseconds timeout
) {
    std::vector<NewPartitions> owned;
    std::vector<rd_kafka_NewPartitions_t*> requests;
    char text[512];
    for (const domain::TopicSpec& topic : topics) {
        owned.emplace_back(rd_kafka_NewPartitions_new(
            topic.topic.c_str(), static_cast<std::size_t>(topic.partitions), text, sizeof text
        ));
        if (!owned.back()) throw domain::SetupError("topic " + topic.topic + ": " + text);
        requests.push_back(owned.back().get());
    }
    AdminRequest request(client, RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, timeout);
    rd_kafka_CreatePartitions(
        &client, requests.data(), requests.size(), request.options.get(), request.queue.get()
    );
    request.check(
        topics.front().topic,
        rd_kafka_event_CreatePartitions_result,
        rd_kafka_CreatePartitions_result_topics
    );
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

std::int32_t
partition_count(rd_kafka_s& client, const std::string& topic, std::chrono::milliseconds timeout) {
    const Counts counts = partition_counts(client, timeout);
    const auto found = counts.find(topic);
    return found == counts.end() ? 0 : found->second;
}

void ensure_topics(
    rd_kafka_s& client,
    std::span<const domain::TopicSpec> topics,
    std::chrono::milliseconds timeout
) {
    Counts found = partition_counts(client, timeout);
    auto wanted = lacking(topics, found);
    if (wanted.empty()) return;
    const bool creates = can_create(client, timeout);
    const auto there = std::ranges::partition(wanted, [&](const auto& topic) {
        return !found.contains(topic.topic);
    });
    const std::span missing(wanted.begin(), there.begin());
    if (!missing.empty())
        creates ? create(client, missing, timeout) : name(client, missing, timeout);
    if (!there.empty() && creates) grow(client, std::span(there.begin(), there.end()), timeout);
    // A broker may answer before it knows of the new topics itself.
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        found = partition_counts(client, timeout);
        wanted = lacking(topics, found);
        if (wanted.empty()) return;
        const auto& [topic, partitions] = wanted.front();
        const bool late = std::chrono::steady_clock::now() > deadline;
        if (const auto it = found.find(topic); it != found.end() && (late || !creates)) {
            throw domain::WorldError(
                "topic " + topic + " has " + std::to_string(it->second) + " partitions, and " +
                std::to_string(partitions) + " are wanted: give it more"
            );
        }
        if (late) throw domain::WorldError("topic " + topic + " was made and is not there");
        std::this_thread::sleep_for(20ms);
    }
}

}  // namespace infra::kafka

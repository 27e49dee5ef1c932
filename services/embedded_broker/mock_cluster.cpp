#include "services/embedded_broker/mock_cluster.hpp"

#include "domain/kernel/error.hpp"
#include "services/embedded_broker/first_join.hpp"
#include "services/embedded_broker/fixed_port.hpp"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <random>
#include <string_view>
#include <thread>

namespace services::embedded_broker {

struct MockCluster::Handles {
    using Client = std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)>;
    using Cluster =
        std::unique_ptr<rd_kafka_mock_cluster_t, decltype(&rd_kafka_mock_cluster_destroy)>;

    std::vector<std::unique_ptr<char[]>> padding;
    Client client;  // only keeps the books
    Cluster cluster;
};

namespace {

constexpr int only_broker = 1;

/// Looks at how an order to the cluster went. Its thread sleeps a second over an order that comes
/// right behind the last one, so it is given the time to come to rest.
void check(rd_kafka_resp_err_t error, const std::string& order) {
    if (error) throw domain::SetupError("cannot " + order + ": " + rd_kafka_err2str(error));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

rd_kafka_t* new_client() {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    // Only to be followed: whatever goes wrong is an exception here.
    rd_kafka_conf_set_log_cb(conf, [](const rd_kafka_t*, int, const char*, const char* line) {
        follow_groups(line);
    });
    char text[512];
    rd_kafka_conf_set(conf, "debug", "mock", text, sizeof text);
    // Its connections have the settings of this client; else some answers take 40 ms.
    rd_kafka_conf_set(conf, "socket.nagle.disable", "true", text, sizeof text);
    rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (!client) throw domain::SetupError(std::string("cannot make the broker: ") + text);
    return client;
}

/// A cluster is named after its address in memory, which may well be that of the one before it.
/// Every one needs a name of its own: it tells clients that what they knew is gone. There is no
/// call for it, so this writes over the name, which is what the cluster's struct begins with.
void rename(rd_kafka_mock_cluster_t& cluster) {
    constexpr std::string_view beginning = "mockCluster";
    char* name = reinterpret_cast<char*>(&cluster);
    if (std::memcmp(name, beginning.data(), beginning.size()) != 0)
        throw domain::SetupError("this librdkafka keeps the name of its mock cluster elsewhere");
    std::random_device random;
    std::snprintf(name + beginning.size(), 9, "%08x", random());
}

/// Members of groups are named after their addresses, too, and keep their names when the broker
/// starts anew. Two clients with one name end it, so the addresses are others each time, also under
/// the thread sanitizer, whose heap always begins at the same one.
std::vector<std::unique_ptr<char[]>> pad_the_heap() {
    std::random_device random;
    std::uniform_int_distribution<int> count(0, 10'000);
    std::vector<std::unique_ptr<char[]>> padding;
    for (const std::size_t size : {64, 80, 96, 112, 128})  // a member has some 80 bytes
        for (int left = count(random); left > 0; --left)
            padding.push_back(std::make_unique<char[]>(size));
    return padding;
}

}  // namespace

MockCluster::MockCluster(
    std::uint16_t port,
    const std::vector<std::string>& topics,
    int partitions
) {
    fix_port(port);
    auto padding = pad_the_heap();
    Handles::Client client(new_client(), rd_kafka_destroy);
    Handles::Cluster cluster(
        rd_kafka_mock_cluster_new(client.get(), 1), rd_kafka_mock_cluster_destroy
    );
    if (!cluster) throw domain::SetupError("cannot make the broker");
    check(rd_kafka_mock_broker_set_down(cluster.get(), only_broker), "hold the broker back");
    rename(*cluster);
    for (const std::string& topic : topics) {
        check(
            rd_kafka_mock_topic_create(cluster.get(), topic.c_str(), partitions, 1),
            "make topic " + topic
        );
    }
    check(rd_kafka_mock_broker_set_up(cluster.get(), only_broker), "open the broker");
    handles_ = std::make_unique<Handles>(Handles{
        std::move(padding), std::move(client), std::move(cluster)});
}

MockCluster::~MockCluster() = default;

std::string MockCluster::address() const {
    return rd_kafka_mock_cluster_bootstraps(handles_->cluster.get());
}

}  // namespace services::embedded_broker

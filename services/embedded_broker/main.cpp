#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/error.hpp"
#include "domain/kernel/topics.hpp"
#include "services/embedded_broker/first_join.hpp"
#include "services/embedded_broker/mock_cluster.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace {

std::vector<std::string>
our_topics(const domain::Topics& names, std::vector<std::string> categories) {
    names.check();
    for (const domain::AggregatePtr& aggregate : domain::all_aggregates()) {
        categories.emplace_back(aggregate->category());
    }
    std::vector<std::string> topics{names.replies(), names.dead_letters()};
    for (const std::string& category : categories) {
        topics.push_back(names.commands(category));
        topics.push_back(names.events(category));
    }
    return topics;
}

}  // namespace

int main(int count, char** arguments) {
    CLI::App app(
        "A Kafka broker for development and tests: speaks Kafka's protocol on loopback, has our\n"
        "topics, and keeps nothing when it ends, which Antiphon does not mind: its store is the\n"
        "truth. Prints 'ready HOST:PORT', then runs until SIGTERM or SIGINT."
    );
    std::uint16_t port = 9092;
    int partitions = 8;
    int join_wait_ms = 3'000;
    domain::Topics names;
    app.add_option("--port", port, "where it listens on 127.0.0.1; 0: any free port")
        ->capture_default_str();
    app.add_option("--partitions", partitions, "of each topic")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--prefix", names.prefix, "of the names of the topics")->capture_default_str();
    std::vector<std::string> categories;
    app.add_option("--category", categories, "one more than those of this build; may be repeated");
    app.add_option("--join-wait-ms", join_wait_ms, "how long a group's first member waits for more")
        ->check(CLI::Range(1, 3'000))
        ->capture_default_str();
    CLI11_PARSE(app, count, arguments);

    // Blocked before any other thread is there, so that none of them takes the signal.
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, nullptr);
    services::embedded_broker::wait_for_others(std::chrono::milliseconds(join_wait_ms));
    try {
        const services::embedded_broker::MockCluster cluster(
            port, our_topics(names, std::move(categories)), partitions
        );
        std::cout << "ready " << cluster.address() << std::endl;
        int signal = 0;
        sigwait(&stop, &signal);
        std::_Exit(0);  // nothing to keep, and to take the cluster apart can take a second
    } catch (const domain::SetupError& error) {
        std::cerr << "antiphon-broker: " << error.what() << '\n';
        return 1;
    }
}

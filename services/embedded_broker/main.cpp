#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/error.hpp"
#include "domain/kernel/topics.hpp"
#include "services/embedded_broker/mock_cluster.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

std::vector<std::string> our_topics(const domain::Topics& names) {
    std::vector<std::string> topics{names.replies(), names.dead_letters()};
    for (const domain::AggregatePtr& aggregate : domain::all_aggregates()) {
        topics.push_back(names.commands(aggregate->category()));
        topics.push_back(names.events(aggregate->category()));
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
    domain::Topics names;
    app.add_option("--port", port, "where it listens on 127.0.0.1; 0: any free port")
        ->capture_default_str();
    app.add_option("--partitions", partitions, "of each topic")
        ->check(CLI::Range(1, 10'000))
        ->capture_default_str();
    app.add_option("--prefix", names.prefix, "of the names of the topics")->capture_default_str();
    CLI11_PARSE(app, count, arguments);

    // Blocked before any other thread is there, so that none of them takes the signal.
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stop, nullptr);
    try {
        const services::embedded_broker::MockCluster cluster(port, our_topics(names), partitions);
        std::cout << "ready " << cluster.address() << std::endl;
        int signal = 0;
        sigwait(&stop, &signal);
        std::_Exit(0);  // nothing to keep, and to take the cluster apart can take a second
    } catch (const domain::SetupError& error) {
        std::cerr << "antiphon-broker: " << error.what() << '\n';
        return 1;
    }
}

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace services::embedded_broker {

/// A Kafka cluster of one broker on loopback, in this process and its memory: librdkafka's mock
/// cluster. It keeps the last 5 MiB or so of each partition, and nothing when it ends.
class MockCluster {
  public:
    /// Nobody can connect before the topics are there: a client that named one earlier would make
    /// it itself, with another number of partitions. Throws SetupError if the port is taken.
    MockCluster(std::uint16_t port, const std::vector<std::string>& topics, int partitions);
    ~MockCluster();

    std::string address() const;

  private:
    struct Handles;
    std::unique_ptr<Handles> handles_;
};

}  // namespace services::embedded_broker

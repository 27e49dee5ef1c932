#pragma once

#include <librdkafka/rdkafka.h>

#include <cstdint>
#include <random>
#include <string>

/// Who may delete on all our topics, and does. Where the broker is away or does not allow it,
/// nothing is done.
class Destroyer {
  public:
    explicit Destroyer(const std::string& brokers);
    ~Destroyer();
    Destroyer(const Destroyer&) = delete;
    Destroyer& operator=(const Destroyer&) = delete;

    void delete_topic(const std::string& topic);

    /// Of each of its partitions, from the beginning up to some offset, or all. How many there
    /// were.
    std::int64_t delete_records(const std::string& topic, int partitions, std::mt19937& random);

  private:
    void wait();

    rd_kafka_t* client_;
    rd_kafka_queue_t* queue_;
};

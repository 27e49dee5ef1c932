#pragma once

#include "domain/kernel/record.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace domain {

/// What the broker says of our topics at this moment.
struct ClusterView {
    std::string cluster_id;
    std::vector<PartitionOffset> ends;  ///< offset of the next record, for each partition
};

struct TopicSpec {
    std::string topic;
    std::int32_t partitions = 1;
};

/// Writes records to Kafka, each partition in the order given, each once (idempotent producer), and
/// never gives up on one by itself. Used by one thread.
class RecordPublisher {
  public:
    virtual ~RecordPublisher() = default;

    /// Makes the topics that are missing, and adds the partitions that one lacks; more than are
    /// wanted are left alone. Throws WorldError when the broker is away or refuses: others may have
    /// changed what an operator once made, and may change it back.
    virtual void ensure_topics(std::span<const TopicSpec> topics) = 0;

    /// How many partitions a topic has; 0: it is not there. WorldError when the broker is away.
    virtual std::int32_t partitions(const std::string& topic) = 0;

    /// Asks the broker anew, nothing cached. WorldError when it is away.
    virtual ClusterView view(std::span<const TopicSpec> topics) = 0;

    /// Takes a batch over. Does not wait for the broker. Callers keep at most one batch under way:
    /// flush() has returned true since the last one. A record that is larger than Kafka takes is
    /// left out, and that is logged: its readers see by the chain that it is missing.
    virtual void send(std::span<const Record> batch) = 0;

    /// Waits until all that was sent is acknowledged by the broker, at most `timeout`; true if so.
    /// Throws WorldError when the producer cannot go on: then abandon() and begin again.
    virtual bool flush(std::chrono::milliseconds timeout) = 0;

    /// Where the last acknowledged record of each partition went, of those written since the start
    /// or the last abandon().
    virtual std::vector<PartitionOffset> acknowledged() const = 0;

    /// Forgets everything under way, which may or may not arrive, and starts a new producer.
    virtual void abandon() = 0;
};

}  // namespace domain

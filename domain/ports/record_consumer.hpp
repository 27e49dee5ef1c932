#pragma once

#include "domain/kernel/record.hpp"

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace domain {

struct ConsumedRecord {
    std::int64_t offset = 0;
    Record record;
};

/// What happened since the last poll, in the order in which to treat it: first `revoked`, then
/// `assigned`, then `records`, which are of partitions that are assigned now.
struct Polled {
    std::vector<TopicPartition> revoked;
    std::vector<TopicPartition> assigned;
    std::vector<ConsumedRecord> records;
};

/// Reads records from Kafka, as member of a group or by itself. Delivers each partition in order,
/// but may repeat and may leave out: the chain of positions tells (domain/kernel/chain.hpp). What
/// it fetches ahead is bounded. Used by one thread, which must poll at least every few seconds to
/// stay in its group, paused or not.
class RecordConsumer {
  public:
    virtual ~RecordConsumer() = default;

    /// At most `max` records; waits at most `timeout` for the first thing to happen. While the
    /// broker is away: nothing.
    virtual Polled poll(std::size_t max, std::chrono::milliseconds timeout) = 0;

    /// Stops and starts the delivery of all that is assigned, now and later, without leaving the
    /// group.
    virtual void pause() = 0;
    virtual void resume() = 0;

    /// Where to start reading next time: the offsets of the next records. Only a convenience; not
    /// waited for, and a failure is not reported.
    virtual void commit(std::span<const PartitionOffset> next) = 0;
};

}  // namespace domain

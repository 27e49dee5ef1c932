#pragma once

#include "domain/kernel/record.hpp"
#include "domain/ports/record_publisher.hpp"
#include "domain/ports/relay_leases.hpp"

#include <cstdint>
#include <vector>

namespace services::relay {

/// One row of a log, as the records that tell of it. Topic, partition and key are set; the relay
/// adds the chain.
struct Outgoing {
    domain::Position position;
    std::vector<domain::Record> records;
    /// Where records would go of which this build does not know the category: nothing is sent, but
    /// the chain of these partitions counts the row, so that whoever reads them misses it.
    std::vector<domain::TopicPartition> passed_over{};
};

/// A log as the relay sees it: something to read in order, that becomes records. Used by one
/// thread; calls block and throw WorldError when the store is away.
class Feed {
  public:
    virtual ~Feed() = default;

    virtual domain::Log log() const = 0;

    /// Over so many partitions keys are spread from now on.
    virtual void spread_over(std::int32_t partitions) = 0;

    /// Every topic that its records may go to.
    virtual std::vector<domain::TopicSpec> topics() const = 0;

    /// Which incarnation of the event log the positions count in.
    virtual std::int64_t incarnation() = 0;

    /// The rows after `after`, in order, at most `limit`.
    virtual std::vector<Outgoing> read(domain::Position after, std::size_t limit) = 0;

    /// How far back to begin when the broker has lost what `checkpoint` says it has: nothing that a
    /// reader still needs from the broker lies at or below the position returned.
    virtual domain::Position restart_position(const domain::RelayCheckpoint& checkpoint) = 0;
};

}  // namespace services::relay

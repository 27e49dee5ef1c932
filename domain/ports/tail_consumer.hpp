#pragma once

#include "domain/ports/record_consumer.hpp"

#include <vector>

namespace domain {

/// A consumer that is in no group: it reads what it is told to, from where that ends then.
class TailConsumer : public RecordConsumer {
  public:
    /// Reads these partitions from now on, and no others. Those that are new to it come as
    /// `assigned` by the poll() that has found where they end: nothing that is written from then on
    /// is left out. Of others, some records may still come that were fetched before. Does not wait.
    virtual void follow(std::vector<TopicPartition> partitions) = 0;
};

}  // namespace domain

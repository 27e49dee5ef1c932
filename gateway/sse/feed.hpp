#pragma once

#include "domain/ports/clock.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/record_consumer.hpp"
#include "domain/ports/relay_leases.hpp"
#include "gateway/sse/hub.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace gateway::sse {

struct FeedSettings {
    std::string topic = "antiphon.replies";
    std::int32_t partitions = 8;  ///< of the topic
    std::size_t batch_max = 500;  ///< records taken in one step
    std::chrono::milliseconds poll_timeout{100};
    /// How often the feed is compared with the relay's checkpoint. An event that Kafka loses, with
    /// none behind it, reaches its user after at most two of these.
    std::chrono::milliseconds check_interval{2'000};
};

/// Reads `<prefix>.replies` and makes frames of it, on a thread of its own. A core: its shell calls
/// step() in a loop, logs and backs off when it throws domain::WorldError, and ends the process on
/// domain::SetupError.
class ReplyFeed {
  public:
    /// `consumer` reads all partitions of the topic from their ends on. `deliver` hands a batch to
    /// the hub and returns when it is taken, so that nothing gathers in between.
    ReplyFeed(
        domain::RecordConsumer& consumer,
        domain::EventLog& log,
        domain::RelayLeases& leases,
        const domain::Clock& clock,
        FeedSettings settings,
        std::function<void(FeedBatch)> deliver
    );

    /// True: there were records.
    bool step();

  private:
    void check(FeedBatch& batch);
    void start(FeedBatch& batch);
    void decode(const domain::Record& record, FeedBatch& batch) const;
    [[noreturn]] void refuse_partitions() const;

    domain::RecordConsumer& consumer_;
    domain::EventLog& log_;
    domain::RelayLeases& leases_;
    const domain::Clock& clock_;
    const FeedSettings settings_;
    const std::function<void(FeedBatch)> deliver_;

    bool start_due_ = false;
    std::int64_t incarnation_ = 0;  ///< of the log when the feed started; 0: not started
    std::chrono::milliseconds next_check_{0};
};

}  // namespace gateway::sse

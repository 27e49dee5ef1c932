#pragma once

#include "domain/ports/clock.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/record_verifier.hpp"
#include "domain/ports/relay_leases.hpp"
#include "domain/ports/tail_consumer.hpp"
#include "gateway/sse/hub.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace gateway::sse {

struct FeedSettings {
    std::vector<std::string> topics{"antiphon.replies"};  ///< as the hub counts them
    std::int32_t partitions = 8;  ///< of each topic, until the store is asked
    std::size_t batch_max = 500;  ///< records taken in one step
    std::chrono::milliseconds poll_timeout{100};
    /// How often the feed is compared with the relay's checkpoint. An event that Kafka loses, with
    /// none behind it, reaches its clients after at most two of these.
    std::chrono::milliseconds check_interval{2'000};
};

/// What becomes of the records.
struct FeedFrames {
    Frame (*of_event)(const domain::EventEnvelope& event, std::int64_t incarnation);
    /// Of a record that says nothing of a place in the log. Null: none is let through.
    std::optional<Frame> (*of_notification)(const domain::Record& record) = nullptr;
};
/// Those of `<prefix>.replies`: Any service may notify a user.
inline constexpr FeedFrames reply_frames{event_frame, notification_frame};

/// Reads topics of the relay's that hold events, and makes frames of them, on a thread of its own.
/// Only those partitions that somebody listens to, from then on. A core: its shell calls step() in
/// a loop, and logs and backs off when it throws domain::WorldError.
class Feed {
  public:
    /// Hands a batch to the hub and returns when it is taken, so that nothing gathers in between,
    /// with the partitions that are to be read.
    using Deliver = std::function<std::vector<FeedPartition>(FeedBatch)>;

    Feed(
        domain::TailConsumer& consumer,
        domain::RecordVerifier& verifier,
        domain::EventLog& log,
        domain::RelayLeases& leases,
        const domain::Clock& clock,
        FeedSettings settings,
        FeedFrames frames,
        Deliver deliver
    );

    /// True: there were records.
    bool step();

  private:
    std::optional<FeedPartition> find(const domain::TopicPartition& partition) const;
    void follow(std::vector<FeedPartition> wanted);
    void check(FeedBatch& batch);
    void spread_over(const domain::Generation& generation);
    void start(FeedBatch& batch);
    void decode(const domain::Record& record, FeedBatch& batch);
    void decode_event(const domain::Record& record, const FeedPartition& from, FeedBatch& batch);

    domain::TailConsumer& consumer_;
    domain::RecordVerifier& verifier_;
    domain::EventLog& log_;
    domain::RelayLeases& leases_;
    const domain::Clock& clock_;
    const FeedSettings settings_;
    const FeedFrames frames_;
    const Deliver deliver_;

    domain::Generation generation_;
    std::vector<FeedPartition> wanted_;  ///< in order
    std::set<FeedPartition> started_;    ///< of these
    std::set<FeedPartition> due_;        ///< to be started
    std::int64_t incarnation_ = 0;       ///< of the log when the feed started; 0: not started
    std::chrono::milliseconds next_check_{0};
};

}  // namespace gateway::sse

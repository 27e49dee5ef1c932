#pragma once

#include "domain/kernel/topics.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/record_publisher.hpp"
#include "domain/ports/relay_leases.hpp"
#include "services/operations/operation.hpp"
#include "services/operations/selection.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace services::operations {

/// Names the run in each of its records.
inline constexpr std::string_view replay_header = "ce_replay";
/// CloudEvent type of the record that ends a run in each partition.
inline constexpr std::string_view replay_ended = "antiphon.replay-ended";

/// How far a run has come.
struct ReplayPlace {
    domain::Position done;                          ///< all up to here is acknowledged
    std::map<std::int32_t, domain::Position> last;  ///< below that, of each partition
};

/// Which replay, to where.
struct ReplayPlan {
    std::string run;  ///< its id
    std::string topic;
    std::int32_t partitions = 1;  ///< that the topic gets if it is not there
    domain::Topics live{};        ///< the topics that follow on it
    Selection selection{};
};

/// Sends the selected events of the past to a topic: each as the relay of events sends it, with its
/// position and the one before it in its partition, marked with the run. It is not signed, so no
/// reader of ours takes it for a relay's.
///
/// In the end each partition gets a record that tells up to where the run has come, and from which
/// offsets of the live topics one who read it goes on: all above that position is there, and what
/// is not above it is a repeat. One batch is under way at a time; a run that goes on after a crash
/// sends its last batch again, and ends where the log ends then. Outcomes of commands, which stand
/// in no live topic of events, are left out unless their category is asked for.
class Replay final : public Operation {
  public:
    /// All outlive this. `from`: of a run that goes on, in the same life of the log.
    Replay(
        domain::EventLog& events,
        domain::RelayLeases& leases,
        domain::RecordPublisher& publisher,
        ReplayPlan plan,
        ReplayPlace from = {}
    );

    /// WorldError where store or broker is away, too: what is under way is sent again.
    bool step(std::size_t most) override;
    Advance advance() const override;

    const ReplayPlace& where() const { return done_; }
    std::int64_t sent() const { return sent_; }

  private:
    void begin();
    bool settle();
    void send(std::span<const domain::EventEnvelope> page);
    void send_ends();
    bool wants(const domain::EventEnvelope& event) const;
    std::string end_text() const;

    domain::EventLog& events_;
    domain::RelayLeases& leases_;
    domain::RecordPublisher& publisher_;
    const ReplayPlan plan_;
    const domain::Position first_;  ///< what was done before
    std::int32_t partitions_ = 0;   ///< that the topic has
    bool begun_ = false;
    bool ends_sent_ = false;
    std::int64_t incarnation_ = 0;
    domain::Position end_;          ///< inclusive
    domain::RelayCheckpoint live_;  ///< as the run began, below that
    ReplayPlace done_;
    ReplayPlace sending_;  ///< with the batch under way
    std::int64_t sent_ = 0;
};

}  // namespace services::operations

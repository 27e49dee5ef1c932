#pragma once

#include "domain/kernel/chain.hpp"
#include "gateway/sse/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace gateway::sse {

/// A record of `<prefix>.replies`, decoded and encoded again.
struct FeedRecord {
    std::int32_t partition = 0;
    std::string subject;
    std::optional<domain::ChainLink> link;  ///< none: a notification of another service
    SharedBytes bytes;
};

/// What the relay says it has sent last to a partition of `<prefix>.replies`.
struct FeedMark {
    std::int32_t partition = 0;
    domain::Position position;
};

/// What the feed brings at one time. Treated in this order: start, records, marks.
struct FeedBatch {
    /// The feed begins (anew): each record above this position of the log will come by it.
    std::optional<domain::Position> start;
    /// Where the log ends, from the store that is written to: no replica, which may lag.
    std::optional<domain::Position> head;
    std::vector<FeedRecord> records;
    std::vector<FeedMark> marks;
    std::uint64_t foreign = 0;    ///< records left out: of another incarnation of the log
    std::uint64_t malformed = 0;  ///< records left out: neither an event nor a notification
};

/// One connection, as the hub sees it. Calls must not come back into the hub's add() or remove().
class Listener {
  public:
    /// An event of the listener's subject, in log order. May come again after behind(). False:
    /// there was no room; the listener goes back to the store by itself.
    virtual bool live(const Frame& frame) = 0;

    /// Events of its subject may have passed it by, up to Hub::position() as it is now.
    virtual void behind() = 0;

  protected:
    ~Listener() = default;
};

struct HubCounters {
    std::uint64_t taken = 0;          ///< records next in the chain
    std::uint64_t repeats = 0;        ///< records seen before
    std::uint64_t gaps = 0;           ///< records behind a hole
    std::uint64_t silences = 0;       ///< holes known from the relay's checkpoint alone
    std::uint64_t notifications = 0;  ///< records of other services
    std::uint64_t foreign = 0;
    std::uint64_t malformed = 0;
    std::uint64_t overflows = 0;  ///< connections sent back to the store, being slow
    std::uint64_t connections = 0;
};

/// Brings the records of `<prefix>.replies` to the connections of their subjects. Knows by the
/// chain of positions what it has not seen, and then tells the listeners of that partition to read
/// the store. No I/O, no clock; one thread.
class Hub {
  public:
    explicit Hub(std::int32_t partitions);

    void add(const std::string& subject, Listener& listener);
    void remove(const std::string& subject, Listener& listener);

    /// A listener of this subject that has read the store up to here, or further, and was added
    /// before, misses nothing: all above comes by live(), or behind() is called.
    domain::Position position(const std::string& subject) const;

    std::size_t connections(const std::string& subject) const;

    void take(const FeedBatch& batch);

    /// The newest head that the feed has brought, and how many it has brought. The second of those
    /// that come from now on was read after now.
    domain::Position head() const { return head_; }
    std::uint64_t heads() const { return heads_; }

    const HubCounters& counters() const { return counters_; }

  private:
    struct Partition {
        domain::Position taken;
        domain::Position mark;  ///< of the relay, at the check before
        std::unordered_map<std::string, std::vector<Listener*>> subjects;
    };
    Partition& partition_of(const std::string& subject);
    const Partition& partition_of(const std::string& subject) const;
    void take(const FeedRecord& record);
    void check(const FeedMark& mark);
    void deliver(const std::string& subject, const Frame& frame);
    void miss(Partition& partition, domain::Position up_to);

    std::vector<Partition> partitions_;
    domain::Position head_;
    std::uint64_t heads_ = 0;
    HubCounters counters_;
};

}  // namespace gateway::sse

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

/// A partition of one of the topics that a feed reads, which it counts from 0.
struct FeedPartition {
    std::int32_t partition = 0;
    std::size_t topic = 0;
    friend auto operator<=>(const FeedPartition&, const FeedPartition&) = default;
};

/// A record, decoded and encoded again.
struct FeedRecord {
    FeedPartition partition;
    std::string key;                        ///< of the record: whose it is
    std::optional<domain::ChainLink> link;  ///< none: a notification of another service
    Frame frame;
    std::vector<std::string> others{};  ///< keys of the same partition whose it is, too
};

/// A partition, and a position of the log.
struct FeedMark {
    FeedPartition partition;
    domain::Position position;
};

/// What the feed brings at one time. Treated in this order: partitions, starts, unread, records,
/// marks.
struct FeedBatch {
    /// Keys are spread over so many from now on: no feed has begun, and what follows is of these.
    std::optional<std::int32_t> partitions{};
    /// The feed of these begins (anew): each record above the position will come by it.
    std::vector<FeedMark> starts;
    /// Of these the feed has nothing yet, as while Kafka is away: all up to here is in the store.
    std::vector<FeedMark> unread;
    /// Where the log ends, from the store that is written to: no replica, which may lag.
    std::optional<domain::Position> head;
    std::vector<FeedRecord> records;
    std::vector<FeedMark> marks;  ///< what the relay says it has sent last to each
    std::uint64_t foreign = 0;    ///< records left out: of another incarnation or generation
    std::uint64_t malformed = 0;  ///< records left out: neither an event nor a notification
    std::uint64_t forged = 0;  ///< records left out: an event's place, and not written by a relay
};

/// What a connection listens to: a user in `<prefix>.replies`, an aggregate in one of
/// `<prefix>.events.…`.
struct HubKey {
    std::string text;       ///< of the records
    std::size_t topic = 0;  ///< see FeedPartition
};

/// One connection, as the hub sees it. Calls must not come back into the hub's add() or remove().
class Listener {
  public:
    /// An event of the listener's key, in log order. May come again after behind(). False:
    /// there was no room; the listener goes back to the store by itself.
    virtual bool live(const Frame& frame) = 0;

    /// Events of its key may have passed it by, up to Hub::position() as it is now.
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
    std::uint64_t forged = 0;
    std::uint64_t overflows = 0;  ///< connections sent back to the store, being slow
    std::uint64_t connections = 0;
};

/// Brings the records of some topics to the connections that listen to their keys. Knows by the
/// chain of positions what it has not seen, and then tells the listeners of that partition to read
/// the store. So a partition that is not read yet, or no more, is one of which nothing comes until
/// the feed starts it, and then all that is in it. No I/O, no clock; one thread.
class Hub {
  public:
    explicit Hub(std::int32_t partitions, std::size_t topics = 1);

    void add(const HubKey& key, Listener& listener);
    void remove(const HubKey& key, Listener& listener);

    /// A listener of this key that has read the store up to here, or further, and was added
    /// before, misses nothing: all above comes by live(), or behind() is called.
    domain::Position position(const HubKey& key) const;

    std::size_t connections(const HubKey& key) const;

    /// Those that somebody listens to, in order.
    std::vector<FeedPartition> listened() const;

    /// Those that there are, in order.
    std::vector<FeedPartition> all() const;

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
        std::unordered_map<std::string, std::vector<Listener*>> keys;
    };
    Partition& at(const FeedPartition& partition);
    Partition& partition_of(const HubKey& key);
    const Partition& partition_of(const HubKey& key) const;
    FeedPartition number_of(std::size_t index) const;
    void spread_over(std::int32_t partitions);
    void start(const FeedMark& start);
    void take(const FeedRecord& record);
    void check(const FeedMark& mark);
    void deliver(const HubKey& key, const Frame& frame);
    void miss(Partition& partition, domain::Position up_to);

    std::int32_t count_;  ///< of partitions of each topic
    const std::size_t topics_;
    std::vector<Partition> partitions_;  ///< topic by topic
    domain::Position head_;
    std::uint64_t heads_ = 0;
    HubCounters counters_;
};

}  // namespace gateway::sse

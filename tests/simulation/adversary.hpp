#pragma once

#include "tests/simulation/roles.hpp"

#include <chrono>
#include <deque>
#include <vector>

namespace simulation {

/// Somebody who may read, write and delete on all our topics, who has kept what once stood there,
/// and who has got hold of keys that the operator has retired since.
class Adversary {
  public:
    Adversary(World& world, const Setup& setup) : world_(world), setup_(setup) {}

    /// A command or an event that was never stored.
    void forge();

    /// A relay's record with one thing changed, or at another place.
    void alter();

    /// A relay's records as they were.
    void replay();

    /// Records without sense, and notifications, which anybody may send.
    void litter();

    /// Deletes a topic and makes it with another number of partitions.
    void remake_topic();

    /// The operator has retired these, now.
    void get(const std::vector<domain::RecordKey>& retired);

    bool has(const domain::RecordKey& key) const;

    /// Did the adversary make this record, be it from another?
    bool made(const domain::Record& record) const;

  private:
    struct OldKey {
        domain::RecordKey key;
        std::chrono::milliseconds retired_at;
    };

    domain::Record invent();
    void sign(domain::Record& record);
    std::optional<domain::Record> any_genuine();
    void change(domain::Record& record);
    domain::TopicPartition any_partition();
    void write(const domain::Record& record);

    World& world_;
    const Setup& setup_;
    std::deque<domain::Record> hoard_;  ///< what relays wrote
    std::vector<domain::Record> made_;
    std::vector<OldKey> keys_;
};

}  // namespace simulation

#pragma once

#include "domain/kernel/generation.hpp"
#include "domain/kernel/record.hpp"
#include "domain/kernel/stream.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

/// The two logs that are relayed to Kafka.
enum class Log { commands, events };
constexpr std::string_view to_string(Log log) {
    return log == Log::commands ? "commands" : "events";
}

/// What a relay sent last to one partition, and where Kafka put it.
struct SentMark {
    TopicPartition partition;
    Position position;
    std::int64_t offset = -1;  ///< -1: not known
    friend bool operator==(const SentMark&, const SentMark&) = default;
};

/// How far Kafka has acknowledged a log: every record of a row up to `position` is there, and
/// `marks` holds, for each partition ever written, its last record at or below it.
struct RelayCheckpoint {
    Position position;
    std::string cluster_id;  ///< of the cluster that acknowledged it
    std::vector<SentMark> marks;
    Generation generation{};  ///< in force when it was loaded, and that of the marks; not saved
    friend bool operator==(const RelayCheckpoint&, const RelayCheckpoint&) = default;
};

/// Who has a lease.
struct LeaseHolder {
    std::string name;
    Epoch epoch;
    std::chrono::milliseconds left{};  ///< until it runs out, if it is not renewed
};

/// One relay per log, and where it stands. Time is the store's own, so that clocks need not agree.
/// Used by one thread at a time; every call blocks and throws WorldError when the store is away.
class RelayLeases {
  public:
    virtual ~RelayLeases() = default;

    /// Takes the lease of this log if it is free, has run out, or is `holder`'s own; the epoch is
    /// then above every earlier one. Nothing while another holds it. One that ends later than `ttl`
    /// from now counts as run out: the store's clock has gone back since, perhaps by hours.
    virtual std::optional<Epoch>
    acquire(Log log, const std::string& holder, std::chrono::milliseconds ttl) = 0;

    /// False: the lease has been taken by another since.
    virtual bool renew(Log log, Epoch epoch, std::chrono::milliseconds ttl) = 0;

    /// Gives the lease back, so that the next one need not wait for it to run out.
    virtual void release(Log log, Epoch epoch) = 0;

    /// Nothing where nobody has it now.
    virtual std::optional<LeaseHolder> holder(Log log) = 0;

    /// The newest checkpoint; the zero one before the first. It is always one of the generation
    /// that is in force: whoever held the lease before that began can save no more.
    virtual RelayCheckpoint load(Log log) = 0;

    /// False, and nothing written: the lease has been taken by another since.
    virtual bool save(Log log, Epoch epoch, const RelayCheckpoint& checkpoint) = 0;
};

}  // namespace domain

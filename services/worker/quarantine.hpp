#pragma once

#include "domain/kernel/states.hpp"
#include "domain/ports/append_notices.hpp"
#include "domain/ports/clock.hpp"
#include "domain/ports/command_attempts.hpp"
#include "services/worker/failures.hpp"
#include "services/worker/ownership.hpp"
#include "services/worker/trial.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace services::worker {

struct QuarantineSettings {
    int attempts = 3;  ///< of a command that takes down who tries it, in all
    std::chrono::milliseconds decide_timeout{1'000};
    std::chrono::milliseconds probation{10'000};  ///< how long a partition stays apart
    std::size_t batch_max = 500;
    std::size_t page_max = 2'000;
    std::size_t deciders_max = 8;  ///< of partitions that are apart
};

/// What the quarantine is made of. All outlive it.
struct QuarantineParts {
    Ownership& ownership;
    domain::Deciders& deciders;
    domain::CommandLog& commands;
    domain::EventLog& events;
    domain::CommandAttempts& attempts;
    domain::AppendNotifier& notifier;
    const domain::Clock& clock;
    Failures& failures;
};

/// Partitions in which a command took down who tried it, or took too long. Each has a decider of
/// its own and goes on in its order, while nobody waits for it. A command that was tried `attempts`
/// times is failed, and what is behind it follows. A partition goes back to the others when nothing
/// was wrong with it for a while.
class Quarantine {
  public:
    Quarantine(QuarantineParts parts, QuarantineSettings settings)
        : parts_(parts), settings_(settings) {}

    /// Takes the command's partition. A `failure` counts as an attempt, from the next step on.
    void take(const domain::StoredCommand& command, const std::optional<domain::Failure>& failure);

    /// Takes the partitions of commands in `batch` whose history is known to be deadly.
    void divert(std::span<const domain::StoredCommand> batch);

    /// Reads anew what other workers have tried, and what an operator wants skipped.
    void look();

    /// These partitions have just been claimed; or all are lost for now.
    void claimed(std::span<const domain::CommandPartition> partitions);
    void disowned();

    /// The partitions mean something else from now on: none is apart.
    void begin_anew();

    /// Looks after each partition without waiting; true if any moved on.
    bool step();

    /// The partitions that went back to the others since the last call.
    std::vector<domain::CommandPartition> released() { return std::exchange(released_, {}); }

    bool holds(const domain::CommandPartition& partition) const {
        return wards_.contains(partition);
    }
    bool busy() const { return under_way_ > 0 || worked_; }

  private:
    struct Ward {
        std::chrono::milliseconds until{};
        std::unique_ptr<domain::Decider> decider{};
        std::optional<Trial> trial{};  ///< under way, of
        std::vector<domain::StoredCommand> batch{};
        domain::KeyHolders held{};  ///< as the store has told since it appended last
        bool one_by_one = false;    ///< since it was not known which one it was
    };
    struct Deadly {
        domain::Failure failure;
        std::chrono::milliseconds until;
    };

    void count();
    Ward& ward(const domain::CommandPartition& partition);
    void end(Ward& ward);
    bool step(const domain::CommandPartition& partition, Ward& ward);
    bool begin(const domain::CommandPartition& partition, Ward& ward);
    bool go_on(const domain::CommandPartition& partition, Ward& ward);
    void lost(Ward& ward, const domain::Lost& lost);
    bool append(
        const domain::CommandPartition& partition,
        Ward& ward,
        std::span<const domain::StoredCommand> batch,
        domain::Verdicts verdicts
    );
    bool room_for(const Ward& ward);
    std::optional<domain::Failure> doom(const domain::StoredCommand& command);

    QuarantineParts parts_;
    QuarantineSettings settings_;
    std::map<domain::CommandPartition, Ward> wards_;
    std::map<domain::Position, domain::AttemptedCommand> attempted_;
    std::vector<std::pair<domain::StoredCommand, domain::Failure>> uncounted_;
    std::unordered_map<domain::StreamId, Deadly, domain::StreamHash> deadly_;  ///< to fold
    std::vector<domain::CommandPartition> released_;
    std::size_t under_way_ = 0;  ///< trials
    bool worked_ = false;        ///< in the last step
};

}  // namespace services::worker

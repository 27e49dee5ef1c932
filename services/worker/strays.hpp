#pragma once

#include "domain/ports/append_notices.hpp"
#include "domain/ports/clock.hpp"
#include "domain/ports/relay_leases.hpp"
#include "services/worker/failures.hpp"
#include "services/worker/ownership.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace services::worker {

struct StraysSettings {
    std::chrono::milliseconds patience{10'000};  ///< for a build that knows their category
    std::size_t batch_max = 500;
};

/// What it is made of. All outlive it.
struct StraysParts {
    Ownership& ownership;
    domain::CommandLog& commands;
    domain::EventLog& events;
    domain::PartitionClaims& claims;
    domain::AppendNotifier& notifier;
    const domain::Clock& clock;
    Failures& failures;
};

/// Answers commands of categories that no build knows: the relay says in its checkpoint up to where
/// there are any. They wait for a build that has the category; when none has moved their partition
/// on for a while, they are failed. Of a partition of unknown categories that worker takes care
/// that owns the one of the same number of its first category; if two believe to be it, they fence
/// each other as other owners do.
class Strays {
  public:
    Strays(
        StraysParts parts,
        domain::Topics topics,
        std::vector<std::string> categories,
        StraysSettings settings
    );

    void look(const domain::RelayCheckpoint& checkpoint);

    /// The partitions mean something else from now on.
    void begin_anew() { waiting_.clear(); }

  private:
    struct Waiting {
        domain::Position done;
        std::chrono::milliseconds since;
    };

    bool mine(const domain::CommandPartition& partition) const;
    void fail(const domain::CommandPartition& partition, domain::Position up_to, Waiting& waiting);

    StraysParts parts_;
    domain::Topics topics_;
    std::vector<std::string> categories_;
    StraysSettings settings_;
    std::map<domain::CommandPartition, Waiting> waiting_;
};

}  // namespace services::worker

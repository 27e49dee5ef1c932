#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/ports/audit.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/histories.hpp"
#include "domain/ports/history_checker.hpp"
#include "domain/ports/partition_claims.hpp"
#include "domain/ports/record_keys.hpp"
#include "domain/ports/snapshot_store.hpp"
#include "services/operations/operation.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace services::operations {

/// Something in the store that cannot be right.
struct StoreFault {
    std::string kind;   ///< one word, of a few
    std::string place;  ///< "account/42, version 3"
    std::string what;   ///< one sentence, without its full stop
    friend bool operator==(const StoreFault&, const StoreFault&) = default;
};

using TellStoreFault = std::function<void(const StoreFault&)>;

/// What verifying looks at, and by whom. All of it outlives the work.
struct VerifyParts {
    domain::Audit& audit;
    domain::CommandLog& commands;
    domain::EventLog& events;
    domain::PartitionClaims& claims;
    domain::RelayLeases& leases;
    domain::RecordKeys& record_keys;
    domain::SnapshotStore& snapshots;
    domain::Histories& histories;
    domain::HistoryChecker& checker;  ///< of all streams, one after the other
    domain::HistoryChecker& again;    ///< of single ones meanwhile
    std::span<const domain::AggregatePtr> aggregates;
};

/// A pass over one kind of rows, and how many there are.
struct VerifyPlan {
    std::string pass;
    std::int64_t rows = 0;
};

class VerifyPass;

/// Looks at all that is stored, and names each thing that cannot be right; repairs nothing. Others
/// may write meanwhile: what it reads first bounds what it may expect of what it reads next, and
/// what could be a matter of the moment is looked at once more, in one look.
class Verify final : public Operation {
  public:
    /// `place` is one that another gave, or empty.
    Verify(const VerifyParts& parts, const std::string& place, TellStoreFault tell);
    ~Verify() override;

    bool step(std::size_t most) override;
    Advance advance() const override { return {done_, total_}; }
    std::string place() const override;

    /// Those that were found, also by whom this goes on from.
    std::int64_t faults() const { return faults_; }

    /// The pass that is under way; empty when all are done.
    std::string pass() const;

    /// What it would look at.
    static std::vector<VerifyPlan> plan(domain::Audit& audit);

  private:
    std::unique_ptr<VerifyPass> make_pass();

    const VerifyParts parts_;
    const TellStoreFault tell_;
    std::size_t number_ = 0;  ///< of the pass
    domain::Position position_;
    domain::StreamId stream_;
    std::int64_t done_ = 0;
    std::int64_t total_ = 0;
    std::int64_t faults_ = 0;
    std::unique_ptr<VerifyPass> pass_;
};

}  // namespace services::operations

#include "tests/simulation/verified.hpp"

#include "infra/memory/manual_clock.hpp"
#include "infra/memory/memory_audit.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_histories.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_record_keys.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "infra/memory/memory_snapshot_store.hpp"
#include "infra/process/local_history_checker.hpp"
#include "services/operations/verify.hpp"

namespace simulation {

std::vector<Broken>
verified(infra::memory::MemoryStore& store, std::span<const domain::AggregatePtr> aggregates) {
    const infra::memory::ManualClock clock;
    infra::memory::MemoryAudit audit(store);
    infra::memory::MemoryCommandLog commands(store);
    infra::memory::MemoryEventLog events(store);
    infra::memory::MemoryPartitionClaims claims(store);
    infra::memory::MemoryRelayLeases leases(store, clock);
    infra::memory::MemoryRecordKeys record_keys(store, clock);
    infra::memory::MemorySnapshotStore snapshots(store, domain::state_forms(aggregates));
    infra::memory::MemoryHistories histories(store);
    infra::process::LocalHistoryChecker checker(aggregates), again(aggregates);
    const services::operations::VerifyParts parts{
        audit,
        commands,
        events,
        claims,
        leases,
        record_keys,
        snapshots,
        histories,
        checker,
        again,
        aggregates};
    std::vector<Broken> broken;
    services::operations::Verify verify(parts, "", [&](const auto& fault) {
        broken.push_back({"verify", fault.kind + ": " + fault.place + ": " + fault.what});
    });
    constexpr std::size_t piece = 50;  // so that streams and batches go over its edges
    while (verify.step(piece)) {
    }
    return broken;
}

}  // namespace simulation

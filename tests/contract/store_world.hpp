#pragma once

#include "domain/ports/append_notices.hpp"
#include "domain/ports/audit.hpp"
#include "domain/ports/command_attempts.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/dead_letters.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/generations.hpp"
#include "domain/ports/histories.hpp"
#include "domain/ports/partition_claims.hpp"
#include "domain/ports/record_keys.hpp"
#include "domain/ports/relay_leases.hpp"
#include "domain/ports/snapshot_store.hpp"
#include "domain/ports/store_export.hpp"
#include "domain/ports/store_import.hpp"
#include "domain/ports/subscriptions.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace contract {

/// An empty store and as many adapters on it as a test wants, each for one thread. The suites say
/// what every store must keep; each kind of store instantiates them:
///
///     INSTANTIATE_TEST_SUITE_P(Memory, CommandLogSuite, testing::Values(&make_memory_world));
class StoreWorld {
  public:
    virtual ~StoreWorld() = default;

    virtual std::unique_ptr<domain::CommandLog> make_command_log() = 0;
    virtual std::unique_ptr<domain::CommandAttempts> make_command_attempts() = 0;
    virtual std::unique_ptr<domain::DeadLetters> make_dead_letters() = 0;
    virtual std::unique_ptr<domain::Audit> make_audit() = 0;
    virtual std::unique_ptr<domain::EventLog> make_event_log() = 0;
    virtual std::unique_ptr<domain::Histories> make_histories() = 0;
    virtual std::unique_ptr<domain::PartitionClaims> make_partition_claims(
        const std::string& holder = {}
    ) = 0;
    virtual std::unique_ptr<domain::Generations> make_generations() = 0;
    virtual std::unique_ptr<domain::RelayLeases> make_relay_leases() = 0;
    virtual std::unique_ptr<domain::RecordKeys> make_record_keys() = 0;
    virtual std::unique_ptr<domain::SnapshotStore> make_snapshot_store(domain::StateForms forms
    ) = 0;
    virtual std::unique_ptr<domain::Subscriptions> make_subscriptions() = 0;
    virtual std::unique_ptr<domain::StoreExport> make_store_export() = 0;
    virtual std::unique_ptr<domain::StoreImport> make_store_import() = 0;
    virtual std::unique_ptr<domain::AppendNotifier> make_append_notifier() = 0;
    virtual std::unique_ptr<domain::AppendListener> make_append_listener(domain::Log log) = 0;

    /// As the first process does; which number is in force then.
    virtual std::int32_t fix_partitions(std::int32_t partitions) = 0;

    /// As after a restore: the logs have a new incarnation.
    virtual void begin_another_life() = 0;
};
using MakeStoreWorld = std::unique_ptr<StoreWorld> (*)();

class StoreSuite : public testing::TestWithParam<MakeStoreWorld> {
  protected:
    std::unique_ptr<StoreWorld> world = GetParam()();
};

}  // namespace contract

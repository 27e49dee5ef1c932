#include "infra/memory/memory_append_notices.hpp"
#include "infra/memory/memory_audit.hpp"
#include "infra/memory/memory_command_attempts.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_dead_letters.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_generations.hpp"
#include "infra/memory/memory_histories.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_record_consumer.hpp"
#include "infra/memory/memory_record_keys.hpp"
#include "infra/memory/memory_record_publisher.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "infra/memory/memory_snapshot_store.hpp"
#include "infra/memory/memory_store_export.hpp"
#include "infra/memory/memory_store_import.hpp"
#include "infra/memory/memory_subscriptions.hpp"
#include "infra/runtime/system_clock.hpp"
#include "tests/contract/append_notices_suite.hpp"
#include "tests/contract/audit_suite.hpp"
#include "tests/contract/command_attempts_suite.hpp"
#include "tests/contract/command_log_suite.hpp"
#include "tests/contract/dead_letters_suite.hpp"
#include "tests/contract/event_log_suite.hpp"
#include "tests/contract/event_recipients_suite.hpp"
#include "tests/contract/generations_suite.hpp"
#include "tests/contract/record_keys_suite.hpp"
#include "tests/contract/records_suite.hpp"
#include "tests/contract/relay_leases_suite.hpp"
#include "tests/contract/reservations_suite.hpp"
#include "tests/contract/snapshot_store_suite.hpp"
#include "tests/contract/store_copy_suite.hpp"
#include "tests/contract/subscriptions_suite.hpp"

namespace contract {
namespace {

using namespace infra::memory;

class MemoryStoreWorld final : public StoreWorld {
  public:
    std::unique_ptr<domain::CommandLog> make_command_log() override {
        return std::make_unique<MemoryCommandLog>(store_);
    }
    std::unique_ptr<domain::CommandAttempts> make_command_attempts() override {
        return std::make_unique<MemoryCommandAttempts>(store_);
    }
    std::unique_ptr<domain::DeadLetters> make_dead_letters() override {
        return std::make_unique<MemoryDeadLetters>(store_);
    }
    std::unique_ptr<domain::Audit> make_audit() override {
        return std::make_unique<MemoryAudit>(store_);
    }
    std::unique_ptr<domain::Histories> make_histories() override {
        return std::make_unique<MemoryHistories>(store_);
    }
    std::unique_ptr<domain::EventLog> make_event_log() override {
        return std::make_unique<MemoryEventLog>(store_);
    }
    std::unique_ptr<domain::PartitionClaims> make_partition_claims(const std::string& holder
    ) override {
        return std::make_unique<MemoryPartitionClaims>(store_, holder);
    }
    std::unique_ptr<domain::Generations> make_generations() override {
        return std::make_unique<MemoryGenerations>(store_);
    }
    std::unique_ptr<domain::RelayLeases> make_relay_leases() override {
        return std::make_unique<MemoryRelayLeases>(store_, clock_);
    }
    std::unique_ptr<domain::RecordKeys> make_record_keys() override {
        return std::make_unique<MemoryRecordKeys>(store_, clock_);
    }
    std::unique_ptr<domain::SnapshotStore> make_snapshot_store(domain::StateForms forms) override {
        return std::make_unique<MemorySnapshotStore>(store_, std::move(forms));
    }
    std::unique_ptr<domain::Subscriptions> make_subscriptions() override {
        return std::make_unique<MemorySubscriptions>(store_);
    }
    std::unique_ptr<domain::StoreExport> make_store_export() override {
        return std::make_unique<MemoryStoreExport>(store_);
    }
    std::unique_ptr<domain::StoreImport> make_store_import() override {
        return std::make_unique<MemoryStoreImport>(store_);
    }
    std::unique_ptr<domain::AppendNotifier> make_append_notifier() override {
        return std::make_unique<MemoryAppendNotifier>(notices_);
    }
    std::unique_ptr<domain::AppendListener> make_append_listener(domain::Log log) override {
        return std::make_unique<MemoryAppendListener>(notices_, log);
    }
    std::int32_t fix_partitions(std::int32_t partitions) override {
        return MemoryGenerations(store_).fix(partitions);
    }
    void begin_another_life() override { store_.raise_incarnation(); }

  private:
    MemoryStore store_;
    MemoryAppendNotices notices_;
    infra::runtime::SystemClock clock_;  // since the suites wait for leases to run out
};

class MemoryBrokerWorld final : public BrokerWorld {
  public:
    std::unique_ptr<domain::RecordPublisher> make_publisher() override {
        return std::make_unique<MemoryRecordPublisher>(broker_);
    }
    std::unique_ptr<domain::RecordConsumer>
    make_group_consumer(const std::vector<std::string>& topics, const std::string& group) override {
        return std::make_unique<MemoryRecordConsumer>(broker_, topics, group);
    }
    std::unique_ptr<domain::TailConsumer> make_tail_consumer() override {
        return std::make_unique<MemoryRecordConsumer>(broker_);
    }

  private:
    MemoryBroker broker_;
};

std::unique_ptr<StoreWorld> memory_store() { return std::make_unique<MemoryStoreWorld>(); }
std::unique_ptr<BrokerWorld> memory_broker() { return std::make_unique<MemoryBrokerWorld>(); }

INSTANTIATE_TEST_SUITE_P(Memory, AppendNoticesSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, AuditSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, CommandAttemptsSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, CommandLogSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, DeadLettersSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, EventLogSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, EventRecipientsSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, GenerationsSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, RecordKeysSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, RecordsSuite, testing::Values(&memory_broker));
INSTANTIATE_TEST_SUITE_P(Memory, RelayLeasesSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, ReservationsSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, SnapshotStoreSuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, StoreCopySuite, testing::Values(&memory_store));
INSTANTIATE_TEST_SUITE_P(Memory, SubscriptionsSuite, testing::Values(&memory_store));

}  // namespace
}  // namespace contract

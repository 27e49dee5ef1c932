#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_append_notices.hpp"
#include "infra/postgres/postgres_audit.hpp"
#include "infra/postgres/postgres_command_attempts.hpp"
#include "infra/postgres/postgres_command_log.hpp"
#include "infra/postgres/postgres_dead_letters.hpp"
#include "infra/postgres/postgres_event_log.hpp"
#include "infra/postgres/postgres_generations.hpp"
#include "infra/postgres/postgres_histories.hpp"
#include "infra/postgres/postgres_partition_claims.hpp"
#include "infra/postgres/postgres_record_keys.hpp"
#include "infra/postgres/postgres_relay_leases.hpp"
#include "infra/postgres/postgres_snapshot_store.hpp"
#include "infra/postgres/postgres_store_export.hpp"
#include "infra/postgres/postgres_store_import.hpp"
#include "infra/postgres/postgres_subscriptions.hpp"
#include "infra/postgres/session.hpp"
#include "tests/contract/append_notices_suite.hpp"
#include "tests/contract/audit_suite.hpp"
#include "tests/contract/command_attempts_suite.hpp"
#include "tests/contract/command_log_suite.hpp"
#include "tests/contract/dead_letters_suite.hpp"
#include "tests/contract/event_log_suite.hpp"
#include "tests/contract/event_recipients_suite.hpp"
#include "tests/contract/generations_suite.hpp"
#include "tests/contract/record_keys_suite.hpp"
#include "tests/contract/relay_leases_suite.hpp"
#include "tests/contract/reservations_suite.hpp"
#include "tests/contract/snapshot_store_suite.hpp"
#include "tests/contract/store_copy_suite.hpp"
#include "tests/contract/subscriptions_suite.hpp"
#include "tests/kit/private_postgres.hpp"

#include <list>

namespace contract {
namespace {

using namespace infra::postgres;

/// One cluster for the whole program, emptied for each world: a database of its own for each would
/// make some ten thousand files. The worlds have the rights of who runs, not of who migrates.
class Cluster {
  public:
    Cluster() : postgres_("contract") {
        owner_.url = postgres_.url();
        migrate(owner_, all_migrations(), kit::PrivatePostgres::run_role);
        settings_.url = postgres_.run_url();
    }

    const ConnectionSettings& emptied() {
        static const Statement empty{
            "empty",
            "truncate commands, command_attempts, dead_letters, events, event_recipients,"
            " imports, partition_epochs, partition_progress, relay_leases, relay_checkpoints, "
            "record_keys,"
            " reservations, snapshots, subscriptions"};
        static const Statement first_life{
            "first_life",
            "update logs"
            " set incarnation = 1, generation = 1, generation_begun = 0, partitions = null"};
        Connection connection(importing(owner_));
        PostgresStoreImport(connection).abandon();  // of a test that left it under way
        connection.session().run(empty);
        connection.session().run(first_life);
        return settings_;
    }

    const ConnectionSettings& owner() const { return owner_; }

  private:
    kit::PrivatePostgres postgres_;
    ConnectionSettings owner_;
    ConnectionSettings settings_;
};

class PostgresWorld final : public StoreWorld {
  public:
    PostgresWorld(ConnectionSettings settings, ConnectionSettings owner)
        : settings_(std::move(settings)), owner_(std::move(owner)) {}

    std::unique_ptr<domain::CommandLog> make_command_log() override {
        return std::make_unique<PostgresCommandLog>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::CommandAttempts> make_command_attempts() override {
        return std::make_unique<PostgresCommandAttempts>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::DeadLetters> make_dead_letters() override {
        return std::make_unique<PostgresDeadLetters>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::Audit> make_audit() override {
        auto& connection = connections_.emplace_back(settings_);
        return std::make_unique<PostgresAudit>(connection, connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::Histories> make_histories() override {
        return std::make_unique<PostgresHistories>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::EventLog> make_event_log() override {
        return std::make_unique<PostgresEventLog>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::PartitionClaims> make_partition_claims(const std::string& holder
    ) override {
        return std::make_unique<PostgresPartitionClaims>(
            connections_.emplace_back(settings_), holder
        );
    }
    std::unique_ptr<domain::Generations> make_generations() override {
        return std::make_unique<PostgresGenerations>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::RelayLeases> make_relay_leases() override {
        return std::make_unique<PostgresRelayLeases>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::RecordKeys> make_record_keys() override {
        return std::make_unique<PostgresRecordKeys>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::SnapshotStore> make_snapshot_store(domain::StateForms forms) override {
        return std::make_unique<PostgresSnapshotStore>(
            connections_.emplace_back(settings_), std::move(forms)
        );
    }
    std::unique_ptr<domain::Subscriptions> make_subscriptions() override {
        return std::make_unique<PostgresSubscriptions>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::StoreExport> make_store_export() override {
        return std::make_unique<PostgresStoreExport>(connections_.emplace_back(settings_));
    }
    std::unique_ptr<domain::StoreImport> make_store_import() override {
        return std::make_unique<PostgresStoreImport>(connections_.emplace_back(importing(owner_)));
    }
    std::unique_ptr<domain::AppendNotifier> make_append_notifier() override {
        return std::make_unique<PostgresAppendNotifier>(settings_);
    }
    std::unique_ptr<domain::AppendListener> make_append_listener(domain::Log log) override {
        return std::make_unique<PostgresAppendListener>(settings_, log);
    }
    std::int32_t fix_partitions(std::int32_t partitions) override {
        return first_partitions(connections_.emplace_back(settings_), partitions);
    }
    void begin_another_life() override {
        static const Statement raise{"raise", "update logs set incarnation = incarnation + 1"};
        Connection(owner_).session().run(raise);
    }

  private:
    ConnectionSettings settings_;
    ConnectionSettings owner_;
    std::list<Connection> connections_;
};

std::unique_ptr<StoreWorld> postgres_store() {
    static Cluster cluster;
    return std::make_unique<PostgresWorld>(cluster.emptied(), cluster.owner());
}

INSTANTIATE_TEST_SUITE_P(Postgres, AppendNoticesSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, AuditSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, CommandAttemptsSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, CommandLogSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, DeadLettersSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, EventLogSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, EventRecipientsSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, GenerationsSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, RecordKeysSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, RelayLeasesSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, ReservationsSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, SnapshotStoreSuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, StoreCopySuite, testing::Values(&postgres_store));
INSTANTIATE_TEST_SUITE_P(Postgres, SubscriptionsSuite, testing::Values(&postgres_store));

}  // namespace
}  // namespace contract

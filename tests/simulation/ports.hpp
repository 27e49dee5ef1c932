#pragma once

#include "infra/memory/memory_command_attempts.hpp"
#include "infra/memory/memory_command_log.hpp"
#include "infra/memory/memory_dead_letters.hpp"
#include "infra/memory/memory_event_log.hpp"
#include "infra/memory/memory_generations.hpp"
#include "infra/memory/memory_partition_claims.hpp"
#include "infra/memory/memory_record_consumer.hpp"
#include "infra/memory/memory_record_keys.hpp"
#include "infra/memory/memory_record_publisher.hpp"
#include "infra/memory/memory_relay_leases.hpp"
#include "infra/memory/memory_snapshot_store.hpp"
#include "tests/simulation/process.hpp"

#include <deque>
#include <memory>
#include <utility>

/// The ports as one process has them: those of infra/memory, with what may go wrong in each call.
namespace simulation {

class Commands final : public domain::CommandLog {
  public:
    explicit Commands(Process& process) : process_(process), log_(process.world().store) {}

    std::vector<domain::Acceptance> append(std::span<const domain::NewCommand> batch) override {
        return process_.store([&] { return log_.append(batch); }, true);
    }
    domain::Position head() override {
        return process_.store([&] { return log_.head(); }, false);
    }
    std::optional<domain::StoredCommand> find(const std::string& id) override {
        return process_.store([&] { return log_.find(id); }, false);
    }
    std::optional<domain::StoredCommand> find(const std::string& id, const domain::Issuer& user)
        override {
        return process_.store([&] { return log_.find(id, user); }, false);
    }
    std::vector<domain::StoredCommand> read(domain::Position after, std::size_t limit) override {
        return process_.store([&] { return log_.read(after, limit); }, false);
    }
    std::vector<domain::StoredCommand>
    read_range(const domain::CommandRange& range, std::size_t limit) override {
        return process_.store([&] { return log_.read_range(range, limit); }, false);
    }

  private:
    Process& process_;
    infra::memory::MemoryCommandLog log_;
};

class Events final : public domain::EventLog {
  public:
    /// A replica may lag.
    explicit Events(Process& process, bool replica = false)
        : process_(process), replica_(replica), log_(process.world().store) {}

    domain::AppendResult append(const domain::EventBatch& batch) override {
        return process_.store([&] { return log_.append(batch); }, true);
    }
    domain::Cursor head() override {
        return process_.store([&] { return visible(); }, false);
    }
    std::vector<domain::EventEnvelope> read(domain::Position after, std::size_t limit) override {
        return process_.store([&] { return log_.read(after, limit); }, false);
    }
    std::vector<domain::EventEnvelope>
    read_streams(std::span<const domain::StreamCursor> streams, std::size_t limit) override {
        return process_.store([&] { return log_.read_streams(streams, limit); }, false);
    }
    std::vector<domain::EventEnvelope> read_user(
        const std::string& user,
        domain::Position after,
        domain::Position up_to,
        std::size_t limit
    ) override {
        return process_.store([&] { return log_.read_user(user, after, up_to, limit); }, false);
    }
    std::vector<domain::EventEnvelope> read_command(domain::Position position) override {
        return process_.store([&] { return log_.read_command(position); }, false);
    }

  private:
    domain::Cursor visible();

    Process& process_;
    const bool replica_;
    infra::memory::MemoryEventLog log_;
};

class Claims final : public domain::PartitionClaims {
  public:
    explicit Claims(Process& process) : process_(process), claims_(process.world().store) {}

    std::vector<domain::Claim> claim(
        std::span<const domain::CommandPartition> partitions,
        const domain::Generation& generation
    ) override {
        return process_.store([&] { return claims_.claim(partitions, generation); }, true);
    }
    std::vector<domain::Claim> all() override {
        return process_.store([&] { return claims_.all(); }, false);
    }
    void prune() override {
        process_.store([&] { claims_.prune(); }, true);
    }

  private:
    Process& process_;
    infra::memory::MemoryPartitionClaims claims_;
};

class DeadLetters final : public domain::DeadLetters {
  public:
    explicit DeadLetters(Process& process) : process_(process), letters_(process.world().store) {}

    void explain(std::span<const domain::FailedCommand> commands) override {
        process_.store([&] { letters_.explain(commands); }, true);
    }
    std::vector<domain::DeadLetter> read(const domain::DeadLetterQuery& query, std::size_t limit)
        override {
        return process_.store([&] { return letters_.read(query, limit); }, false);
    }
    std::int64_t count(const domain::DeadLetterQuery& query) override {
        return process_.store([&] { return letters_.count(query); }, false);
    }
    std::optional<domain::DeadLetter> find(const std::string& command_id) override {
        return process_.store([&] { return letters_.find(command_id); }, false);
    }
    std::optional<domain::DeadLetterState>
    retry(const std::string& command_id, const std::string& as_id) override {
        return process_.store([&] { return letters_.retry(command_id, as_id); }, true);
    }
    std::optional<domain::DeadLetterState> drop(const std::string& command_id) override {
        return process_.store([&] { return letters_.drop(command_id); }, true);
    }

  private:
    Process& process_;
    infra::memory::MemoryDeadLetters letters_;
};

class Attempts final : public domain::CommandAttempts {
  public:
    explicit Attempts(Process& process) : process_(process), attempts_(process.world().store) {}

    void add(const domain::StoredCommand& command, const domain::Failure& failure) override {
        process_.store([&] { attempts_.add(command, failure); }, true);
    }
    Skipped skip(const std::string& command_id) override {
        return process_.store([&] { return attempts_.skip(command_id); }, true);
    }
    std::vector<domain::AttemptedCommand> open() override {
        return process_.store([&] { return attempts_.open(); }, false);
    }
    void prune() override {
        process_.store([&] { attempts_.prune(); }, true);
    }

  private:
    Process& process_;
    infra::memory::MemoryCommandAttempts attempts_;
};

class Generations final : public domain::Generations {
  public:
    explicit Generations(Process& process)
        : process_(process), generations_(process.world().store) {}

    domain::Generation present() override {
        return process_.store([&] { return generations_.present(); }, false);
    }
    Begun begin(const domain::NextGeneration& next) override {
        return process_.store([&] { return generations_.begin(next); }, true);
    }

  private:
    Process& process_;
    infra::memory::MemoryGenerations generations_;
};

class Leases final : public domain::RelayLeases {
  public:
    explicit Leases(Process& process)
        : process_(process), leases_(process.world().store, process.world().clock) {}

    std::optional<domain::Epoch>
    acquire(domain::Log log, const std::string& holder, std::chrono::milliseconds ttl) override {
        return process_.store([&] { return leases_.acquire(log, holder, ttl); }, true);
    }
    bool renew(domain::Log log, domain::Epoch epoch, std::chrono::milliseconds ttl) override {
        return process_.store([&] { return leases_.renew(log, epoch, ttl); }, true);
    }
    void release(domain::Log log, domain::Epoch epoch) override {
        process_.store([&] { leases_.release(log, epoch); }, true);
    }
    std::optional<domain::LeaseHolder> holder(domain::Log log) override {
        return process_.store([&] { return leases_.holder(log); }, false);
    }
    domain::RelayCheckpoint load(domain::Log log) override {
        return process_.store([&] { return leases_.load(log); }, false);
    }
    bool save(domain::Log log, domain::Epoch epoch, const domain::RelayCheckpoint& checkpoint)
        override {
        return process_.store([&] { return leases_.save(log, epoch, checkpoint); }, true);
    }

  private:
    Process& process_;
    infra::memory::MemoryRelayLeases leases_;
};

class RecordKeys final : public domain::RecordKeys {
  public:
    explicit RecordKeys(Process& process)
        : process_(process), keys_(process.world().store, process.world().clock) {}

    std::vector<domain::RecordKey> valid() override {
        return process_.store([&] { return keys_.valid(); }, false);
    }
    std::vector<domain::RecordKey> renew(std::chrono::seconds max_age, std::size_t keep) override {
        return process_.store([&] { return keys_.renew(max_age, keep); }, true);
    }

  private:
    Process& process_;
    infra::memory::MemoryRecordKeys keys_;
};

class Snapshots final : public domain::SnapshotStore {
  public:
    Snapshots(Process& process, domain::StateForms forms)
        : process_(process), snapshots_(process.world().store, std::move(forms)) {}

    std::vector<domain::Snapshot>
    find(std::span<const domain::StreamId> streams, std::size_t bytes_max) override {
        return process_.store([&] { return snapshots_.find(streams, bytes_max); }, false);
    }
    void save(const domain::Snapshot& snapshot) override {
        process_.store([&] { snapshots_.save(snapshot); }, true);
    }

  private:
    Process& process_;
    infra::memory::MemorySnapshotStore snapshots_;
};

/// All of it, as a process that writes has it.
struct Store {
    explicit Store(Process& process)
        : commands(process),
          events(process),
          claims(process),
          attempts(process),
          dead_letters(process),
          leases(process),
          record_keys(process) {}

    Commands commands;
    Events events;
    Claims claims;
    Attempts attempts;
    DeadLetters dead_letters;
    Leases leases;
    RecordKeys record_keys;
};

/// What is under way when its owner gives up or dies may arrive later.
class Publisher final : public domain::RecordPublisher {
  public:
    explicit Publisher(Process& process) : process_(process), publisher_(process.world().broker) {}
    ~Publisher() override { let_go(); }
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    void ensure_topics(std::span<const domain::TopicSpec> topics) override {
        process_.broker([&] { publisher_.ensure_topics(topics); });
    }
    std::int32_t partitions(const std::string& topic) override {
        return process_.broker([&] { return publisher_.partitions(topic); });
    }
    domain::ClusterView view(std::span<const domain::TopicSpec> topics) override {
        return process_.broker([&] { return publisher_.view(topics); });
    }
    void send(std::span<const domain::Record> batch) override;
    bool flush(std::chrono::milliseconds timeout) override;
    std::vector<domain::PartitionOffset> acknowledged() const override {
        return publisher_.acknowledged();
    }
    void abandon() override;

  private:
    void let_go();

    Process& process_;
    infra::memory::MemoryRecordPublisher publisher_;
    LateRecords under_way_;
};

/// Delivers late, again, in another order, or not at all.
class Consumer final : public domain::TailConsumer {
  public:
    Consumer(Process& process, std::unique_ptr<infra::memory::MemoryRecordConsumer> consumer)
        : process_(process), consumer_(std::move(consumer)) {}

    domain::Polled poll(std::size_t max, std::chrono::milliseconds timeout) override;
    void follow(std::vector<domain::TopicPartition> partitions) override;
    void pause() override { consumer_->pause(); }
    void resume() override { consumer_->resume(); }
    void commit(std::span<const domain::PartitionOffset> next) override;

    /// Its group takes it for dead.
    void expire() { consumer_->expire(); }
    std::chrono::milliseconds polled_at() const { return polled_at_; }

    /// What its group still holds for a member when its process has died.
    std::unique_ptr<infra::memory::MemoryRecordConsumer> leave_behind() {
        return std::move(consumer_);
    }

  private:
    void disturb(std::vector<domain::ConsumedRecord>& records);

    Process& process_;
    std::unique_ptr<infra::memory::MemoryRecordConsumer> consumer_;
    std::chrono::milliseconds polled_at_{0};
    std::set<domain::TopicPartition> assigned_;
    std::vector<domain::ConsumedRecord> delayed_;
    std::deque<domain::ConsumedRecord> old_;  ///< what was delivered, to be delivered again
};

}  // namespace simulation

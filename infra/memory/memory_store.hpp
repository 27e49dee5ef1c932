#pragma once

#include "domain/kernel/error.hpp"
#include "domain/ports/command_attempts.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/dead_letters.hpp"
#include "domain/ports/event_log.hpp"
#include "domain/ports/partition_claims.hpp"
#include "domain/ports/record_keys.hpp"
#include "domain/ports/relay_leases.hpp"
#include "domain/ports/snapshot_store.hpp"
#include "domain/ports/subscriptions.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace infra::memory {

/// What a database holds. Position n of a log stands at index n - 1.
struct Tables {
    struct AcceptedCommand {
        domain::StoredCommand stored;
        std::string fingerprint;
        domain::Cursor cursor;
    };
    struct Lease {
        domain::Epoch epoch;
        std::string holder;  ///< empty: given back
        std::chrono::milliseconds until{};
        domain::RelayCheckpoint checkpoint;
    };

    struct DeadLetter {
        domain::FailedCommand failed;
        domain::Position outcome{};  ///< 0: it is about to be stored
        std::int64_t version = 0;    ///< of its aggregate, then
        domain::DeadLetterState state = domain::DeadLetterState::open;
        std::string retried_as{};
    };

    struct Import {
        std::string source;
        std::int64_t beside = 0;  ///< rows that were added
        bool finished = false;
    };

    struct MadeKey {
        domain::RecordKey key;
        std::chrono::milliseconds at{};
    };

    std::optional<Import> import;
    std::int64_t incarnation = 1;
    domain::Generation generation;
    std::vector<AcceptedCommand> commands;
    std::unordered_map<std::string, domain::Position> command_ids;
    std::vector<domain::EventEnvelope> events;
    std::map<domain::StreamId, std::vector<domain::Position>> streams;
    domain::KeyHolders keys;
    std::map<domain::CommandPartition, domain::Claim> claims;
    std::map<domain::Log, Lease> leases;
    std::vector<MadeKey> record_keys;  ///< the newest last
    std::int64_t last_record_key = 0;
    std::map<domain::Position, domain::AttemptedCommand> attempts;
    std::map<std::string, domain::Subscription> subscriptions;
    std::map<domain::Position, DeadLetter> dead_letters;  ///< by their commands
    /// Of each stream by the form of its state.
    std::map<domain::StreamId, std::map<std::string, domain::Snapshot>> snapshots;

    /// Stores it, if it is new.
    domain::Acceptance accept(const domain::NewCommand& asked);

    /// Is there an event that names this command?
    bool answered(domain::Position command) const;

    const domain::CommandEnvelope& command_at(domain::Position position) const {
        return commands.at(static_cast<std::size_t>(position.value - 1)).stored.command;
    }
    domain::Cursor head() const {
        return {incarnation, {static_cast<std::int64_t>(events.size())}};
    }
};

/// Makes a dead letter of an outcome that is *failed*.
void note_dead_letter(Tables& tables, const domain::EventEnvelope& outcome);

/// The one store that any number of memory adapters share; it outlives them. Any thread. Tests may
/// give it the faults of a real one.
class MemoryStore {
  public:
    /// The next calls throw WorldError and have no effect.
    void fail_next(std::size_t calls);

    /// The next writes take effect, and then throw WorldError.
    void forget_acknowledgements(std::size_t writes);

    /// What the operator does after a restore: readers must not trust positions any more.
    void raise_incarnation();

    /// A backup takes the place of what is there: what was committed since is lost. The incarnation
    /// is a new one, as the operator is to see to.
    void restore(Tables backup);

    /// One transaction: `work` on the tables, alone.
    template <class Work>
    auto read(Work work) {
        std::lock_guard lock(mutex_);
        throw_if_told(failing_);
        return work(tables_);
    }

    template <class Work>
    auto write(Work work) {
        std::lock_guard lock(mutex_);
        throw_if_told(failing_);
        if (tables_.import && !tables_.import->finished)
            throw domain::WorldError("an import is under way in this store");
        auto answer = work(tables_);
        throw_if_told(forgetting_);
        return answer;
    }

    /// write(), also while an import is under way.
    template <class Work>
    auto import(Work work) {
        std::lock_guard lock(mutex_);
        throw_if_told(failing_);
        auto answer = work(tables_);
        throw_if_told(forgetting_);
        return answer;
    }

  private:
    static void throw_if_told(std::size_t& times);

    std::mutex mutex_;
    Tables tables_;
    std::size_t failing_ = 0;
    std::size_t forgetting_ = 0;
};

}  // namespace infra::memory

#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/topics.hpp"
#include "gateway/commands/admission.hpp"
#include "gateway/commands/backlog.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/http/message.hpp"
#include "gateway/limits/rate_limiter.hpp"
#include "gateway/sse/feed.hpp"
#include "gateway/sse/settings.hpp"
#include "infra/crypto/hmac_record_signer.hpp"
#include "infra/crypto/hmac_record_verifier.hpp"
#include "infra/runtime/snapshot_queue.hpp"
#include "services/relay/command_feed.hpp"
#include "services/relay/event_feed.hpp"
#include "services/relay/relay.hpp"
#include "services/worker/worker.hpp"
#include "tests/kit/faulty_deciders.hpp"
#include "tests/simulation/ports.hpp"

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The processes of a run: the production cores, on the ports of ports.hpp.
namespace simulation {

/// Small and hurried, so that limits and intervals are met often; other ones for each seed.
struct Setup {
    explicit Setup(Random& random);

    domain::Topics topics{"simulated"};
    std::vector<domain::AggregatePtr> aggregates;
    std::vector<domain::AggregatePtr> newer_aggregates;  ///< of the gateways
    std::vector<domain::AggregatePtr> other_aggregates;  ///< of workers of another build
    std::vector<std::string> categories;
    std::int32_t partitions;                         ///< of the first generation
    std::int64_t reach_max;                          ///< when the operator changes that
    std::chrono::milliseconds session_timeout{800};  ///< of a worker in its group
    gateway::commands::IntakeSettings intake;
    gateway::RateLimit rate;
    gateway::RateLimit bytes;
    gateway::commands::BacklogSettings backlog;
    services::relay::RelaySettings relay;
    std::chrono::seconds key_max_age{};
    infra::crypto::VerifierSettings verifier;
    services::worker::WorkerSettings worker;
    domain::SnapshotPolicy snapshots;
    gateway::sse::FeedSettings feed;
    gateway::sse::FeedSettings followed;
    gateway::sse::SseSettings sse;
};

class CommandGateway final : public Process {
  public:
    CommandGateway(World& world, std::string name, const Setup& setup)
        : Process(world, std::move(name)), setup_(setup) {}

    /// `answer` is called at once or later, or never.
    void post(const Request& request, const std::function<void(Reply)>& answer);

    /// GET /commands/{id}; nothing where there is no answer.
    std::optional<std::string> status(const std::string& user, const std::string& id);

    /// Its other threads.
    void expire();
    void look();

  private:
    void start() override;
    void work() override { intake_->step(); }
    void die() override;
    static Reply read(const gateway::http::Response& response);

    const Setup& setup_;
    Store store_{*this};
    bool looking_ = false;
    infra::memory::MemoryAppendNotifier notifier_{world().notices};
    int starts_ = 0;
    std::unique_ptr<gateway::commands::Intake> intake_;
    std::unique_ptr<gateway::RateLimiter> rate_;
    std::unique_ptr<gateway::RateLimiter> bytes_;
    std::unique_ptr<gateway::commands::Backlog> backlog_;
    std::unique_ptr<gateway::commands::Admission> admission_;
};

/// An operator with a command to run, again and again until it tells that it is done.
class Operator final : public Process {
  public:
    Operator(World& world, std::string name, const Setup& setup)
        : Process(world, std::move(name)), setup_(setup) {}

    void wants(std::int32_t partitions) { wanted_ = partitions; }

  private:
    void start() override {}
    void work() override;
    void die() override {}

    const Setup& setup_;
    Generations generations_{*this};
    std::int32_t wanted_ = 0;  ///< 0: nothing
};

class RelayProcess final : public Process {
  public:
    RelayProcess(World& world, std::string name, const Setup& setup, domain::Log log);

    bool older() const { return older_; }

  private:
    void start() override;
    void work() override { relay_->step(); }
    void stop() override { relay_->stop(); }
    void die() override;

    const Setup& setup_;
    const domain::Log log_;
    bool older_ = false;  ///< does not know the toys
    int starts_ = 0;
    Store store_{*this};
    std::unique_ptr<services::relay::Feed> feed_;
    std::unique_ptr<Publisher> publisher_;
    std::unique_ptr<infra::crypto::HmacRecordSigner> signer_;
    std::unique_ptr<services::relay::Relay> relay_;
};

class WorkerProcess final : public Process {
  public:
    WorkerProcess(World& world, std::string name, const Setup& setup)
        : Process(world, std::move(name)), setup_(setup) {}

    /// What its group does when it has not heard of the worker, or of a dead one, for too long.
    void watch();
    void expire();

    /// Its other thread.
    void save_snapshots();

  private:
    struct LeftBehind {
        std::unique_ptr<infra::memory::MemoryRecordConsumer> consumer;
        std::chrono::milliseconds until;
    };

    void start() override;
    void work() override { worker_->step(); }
    void stop() override;
    void die() override;

    const Setup& setup_;
    Store store_{*this};
    std::unique_ptr<infra::runtime::SnapshotQueue> queue_;
    std::unique_ptr<infra::runtime::QueuedSnapshots> snapshots_;
    std::unique_ptr<Snapshots> saving_;
    infra::memory::MemoryAppendNotifier notifier_{world().notices};
    std::unique_ptr<Consumer> consumer_;
    std::unique_ptr<infra::crypto::HmacRecordVerifier> verifier_;
    std::unique_ptr<kit::FaultyDeciders> deciders_;
    std::unique_ptr<services::worker::Worker> worker_;
    std::list<LeftBehind> left_behind_;
};

}  // namespace simulation

#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/topics.hpp"
#include "gateway/commands/admission.hpp"
#include "gateway/commands/backlog.hpp"
#include "gateway/commands/intake.hpp"
#include "gateway/commands/rate_limiter.hpp"
#include "gateway/http/message.hpp"
#include "gateway/sse/feed.hpp"
#include "gateway/sse/subscription.hpp"
#include "services/relay/command_feed.hpp"
#include "services/relay/event_feed.hpp"
#include "services/relay/relay.hpp"
#include "services/worker/worker.hpp"
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
    std::vector<std::string> categories;
    std::int32_t partitions;
    std::chrono::milliseconds session_timeout{800};  ///< of a worker in its group
    gateway::commands::IntakeSettings intake;
    gateway::commands::RateLimitSettings limits;
    gateway::commands::BacklogSettings backlog;
    services::relay::RelaySettings relay;
    services::worker::WorkerSettings worker;
    gateway::sse::FeedSettings feed;
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
    std::unique_ptr<gateway::commands::Intake> intake_;
    std::unique_ptr<gateway::commands::RateLimiter> limiter_;
    std::unique_ptr<gateway::commands::Backlog> backlog_;
    std::unique_ptr<gateway::commands::Admission> admission_;
};

class RelayProcess final : public Process {
  public:
    RelayProcess(World& world, std::string name, const Setup& setup, domain::Log log);

  private:
    void start() override;
    void work() override { relay_->step(); }
    void stop() override { relay_->stop(); }
    void die() override;

    const Setup& setup_;
    int starts_ = 0;
    Store store_{*this};
    std::unique_ptr<services::relay::Feed> feed_;
    std::unique_ptr<Publisher> publisher_;
    std::unique_ptr<services::relay::Relay> relay_;
};

class WorkerProcess final : public Process {
  public:
    WorkerProcess(World& world, std::string name, const Setup& setup)
        : Process(world, std::move(name)), setup_(setup) {}

    /// What its group does when it has not heard of the worker, or of a dead one, for too long.
    void watch();
    void expire();

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
    infra::memory::MemoryAppendNotifier notifier_{world().notices};
    std::unique_ptr<Consumer> consumer_;
    std::unique_ptr<services::worker::Worker> worker_;
    std::list<LeftBehind> left_behind_;
};

/// One event stream, and what lies between gateway and client.
struct Connection {
    std::unique_ptr<gateway::sse::Subscription> subscription;  ///< null: closed
    std::string bytes;                                         ///< sent, and not read by the client
    std::optional<gateway::sse::Page> page;
    bool reading = false;
    std::chrono::milliseconds read_at{0};
};
using ConnectionPtr = std::shared_ptr<Connection>;

class SseGateway final : public Process {
  public:
    SseGateway(World& world, std::string name, const Setup& setup)
        : Process(world, std::move(name)), setup_(setup) {}

    ConnectionPtr connect(const std::string& user, const std::string& last_id);

    /// What its thread of connections does for this one.
    void serve(const ConnectionPtr& connection);

  private:
    void start() override;
    void work() override { feed_->step(); }
    void die() override;
    void read(const ConnectionPtr& connection);

    const Setup& setup_;
    Events events_{*this};
    Events replica_{*this, true};
    Leases leases_{*this};
    std::unique_ptr<gateway::sse::Hub> hub_;
    std::unique_ptr<Consumer> consumer_;
    std::unique_ptr<gateway::sse::ReplyFeed> feed_;
    std::list<ConnectionPtr> connections_;
};

}  // namespace simulation

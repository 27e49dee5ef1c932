#pragma once

#include "gateway/sse/subscription.hpp"
#include "tests/simulation/roles.hpp"

namespace simulation {

/// One event stream, and what lies between gateway and client.
struct Connection {
    std::unique_ptr<gateway::sse::Subscription> subscription;  ///< null: closed
    std::string bytes;                                         ///< sent, and not read by the client
    std::optional<gateway::sse::Page> page;
    bool reading = false;
    std::chrono::milliseconds read_at{0};
};
using ConnectionPtr = std::shared_ptr<Connection>;

/// The streams of users, and those of aggregates: each with a feed and a hub of its own.
class SseGateway final : public Process {
  public:
    SseGateway(World& world, std::string name, const Setup& setup)
        : Process(world, std::move(name)), setup_(setup) {}

    /// Of a user, or of an aggregate that is there; null where there is no stream.
    ConnectionPtr connect(const Stream& stream, const std::string& last_id);

    /// What its thread of connections does for this one.
    void serve(const ConnectionPtr& connection);

  private:
    struct Live {
        std::unique_ptr<gateway::sse::Hub> hub;
        std::unique_ptr<Consumer> consumer;
        std::unique_ptr<infra::crypto::HmacRecordVerifier> verifier;
        std::unique_ptr<gateway::sse::Feed> feed;
    };

    void start() override;
    void work() override { world().random.one_of(feeds_)->feed->step(); }
    void die() override;
    void open(Live& live, const gateway::sse::FeedSettings& feed, gateway::sse::FeedFrames frames);
    ConnectionPtr follow(const domain::StreamId& stream, const std::string& last_id);
    ConnectionPtr add(
        Live& live,
        std::shared_ptr<const gateway::sse::Sequence> sequence,
        gateway::sse::Begin begin,
        const std::string& last_id
    );
    void read(const ConnectionPtr& connection);

    const Setup& setup_;
    Events events_{*this};
    Events replica_{*this, true};
    Leases leases_{*this};
    RecordKeys record_keys_{*this};
    Live replies_;
    Live followed_;
    const std::array<Live*, 2> feeds_{&replies_, &followed_};
    std::list<ConnectionPtr> connections_;
};

}  // namespace simulation

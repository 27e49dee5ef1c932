#include "tests/simulation/sse_gateway.hpp"

#include "gateway/aggregates/aggregate_events.hpp"
#include "gateway/sse/user_events.hpp"

#include <algorithm>

namespace simulation {

void SseGateway::start() {
    open(replies_, setup_.feed, gateway::sse::reply_frames);
    open(followed_, setup_.followed, {gateway::sse::followed_frame});
}

/// Replies are read all the time, the events of aggregates where somebody follows one.
void SseGateway::open(
    Live& live,
    const gateway::sse::FeedSettings& feed,
    gateway::sse::FeedFrames frames
) {
    live.hub = std::make_unique<gateway::sse::Hub>(setup_.partitions, feed.topics.size());
    live.consumer = std::make_unique<Consumer>(
        *this, std::make_unique<infra::memory::MemoryRecordConsumer>(world().broker)
    );
    live.verifier = std::make_unique<infra::crypto::HmacRecordVerifier>(
        record_keys_, world().clock, setup_.verifier
    );
    live.feed = std::make_unique<gateway::sse::Feed>(
        *live.consumer,
        *live.verifier,
        events_,
        leases_,
        world().clock,
        feed,
        frames,
        [&live, always = &live == &replies_](const gateway::sse::FeedBatch& batch) {
            live.hub->take(batch);
            return always ? live.hub->all() : live.hub->listened();
        }
    );
}

void SseGateway::die() {
    for (const auto& connection : connections_) connection->subscription.reset();
    connections_.clear();
    for (Live* live : feeds_) *live = {};
}

ConnectionPtr SseGateway::connect(const Stream& stream, const std::string& last_id) {
    if (!up()) return nullptr;
    if (stream.follows()) return follow({stream.category, stream.entity}, last_id);
    return add(
        replies_,
        std::make_shared<gateway::sse::UserEvents>(stream.user),
        gateway::sse::begin_at_head,
        last_id
    );
}

/// Its snapshot says what it was made of, which is more than a state could.
ConnectionPtr SseGateway::follow(const domain::StreamId& stream, const std::string& last_id) {
    constexpr std::size_t all = 100'000;
    const domain::StreamCursor beginning{stream, {}};
    std::vector<domain::EventEnvelope> past;
    const bool done = run([&] { past = replica_.read_streams({&beginning, 1}, all); });
    if (!done || past.empty() || !up()) return nullptr;
    const auto topic = std::ranges::find(setup_.categories, stream.category);
    const domain::StreamVersion version = past.back().version;
    return add(
        followed_,
        std::make_shared<gateway::aggregates::AggregateEvents>(
            stream, static_cast<std::size_t>(topic - setup_.categories.begin()), version
        ),
        [version, last = domain::event_id(past.back())](const domain::Cursor& head, auto, auto) {
            const auto json = fmt::format(R"({{"last":"{}"}})", last);
            return gateway::sse::snapshot_frame(json, version, head.incarnation);
        },
        last_id
    );
}

ConnectionPtr SseGateway::add(
    Live& live,
    std::shared_ptr<const gateway::sse::Sequence> sequence,
    gateway::sse::Begin begin,
    const std::string& last_id
) {
    auto connection = std::make_shared<Connection>();
    connection->subscription = std::make_unique<gateway::sse::Subscription>(
        *live.hub, std::move(sequence), std::move(begin), last_id, setup_.sse, [] {}
    );
    connections_.push_back(connection);
    return connection;
}

void SseGateway::serve(const ConnectionPtr& connection) {
    constexpr std::size_t socket_bytes = 2'000;
    using Next = gateway::sse::Subscription::Next;
    if (!up()) return;
    if (!connection->subscription) {
        connections_.remove(connection);
        return;
    }
    switch (connection->subscription->next()) {
        case Next::read:
            if (connection->page) {
                if (connection->page->frames.empty())
                    connection->read_at = world().now() + world().random.time(1, 50);
                connection->subscription->page(*std::exchange(connection->page, std::nullopt));
            } else if (!connection->reading && connection->read_at <= world().now()) {
                read(connection);
            }
            break;
        case Next::send:
            if (connection->bytes.size() > socket_bytes) break;
            for (const auto& piece : connection->subscription->take()) connection->bytes += *piece;
            break;
        case Next::wait:
            break;
        case Next::end:
            connection->subscription.reset();
            break;
    }
}

/// What happens between the read and its arrival must not matter: it is given at another time.
void SseGateway::read(const ConnectionPtr& connection) {
    connection->reading = true;
    const auto sequence = connection->subscription->sequence();
    const auto after = connection->subscription->after();
    const bool done = run([&] { connection->page = sequence->read(replica_, after, setup_.sse); });
    if (!done) connection->read_at = world().now() + world().random.time(10, 100);
    connection->reading = false;
}

}  // namespace simulation

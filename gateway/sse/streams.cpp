#include "gateway/sse/streams.hpp"

#include "gateway/http/problem.hpp"
#include "gateway/sse/session.hpp"

#include <utility>

namespace gateway::sse {

Streams::Streams(StoreReaders& readers, const domain::Clock& clock, SseSettings settings)
    : readers_(readers), clock_(clock), settings_(settings) {}

std::variant<Streams::Slot, http::Response> Streams::enter(const std::string& user) {
    std::size_t& open = open_[user];
    if (open < settings_.connections_per_user_max) {
        ++open;
        return Slot(new std::string(user), [this](const std::string* of) {
            const auto found = open_.find(*of);
            if (--found->second == 0) open_.erase(found);
            delete of;
        });
    }
    http::Response refusal = http::problem(
        429,
        "too-many-streams",
        "You have too many event streams open: close one, or share one between tabs."
    );
    refusal.headers.emplace_back("Retry-After", "10");
    return refusal;
}

boost::asio::awaitable<void> Streams::run(
    http::ResponseStream& stream,
    Hub& hub,
    const domain::VerifiedToken& caller,
    StreamRequest request
) {
    SessionRequest session;
    session.user = domain::user_key(caller.issuer);
    session.stream = std::move(request);
    session.expires = caller.expires;
    session.withdrawn = caller.withdrawn;
    session.jitter = std::uniform_real_distribution<>(0, 1)(random_);
    co_await run_session(stream, hub, readers_, clock_, settings_, std::move(session));
}

}  // namespace gateway::sse

#include "services/operations/subscriber.hpp"

#include "domain/kernel/error.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace services::operations {

Subscriber::Subscriber(
    domain::Subscriptions& subscriptions,
    domain::EventLog& events,
    std::string group,
    SubscribeFrom from,
    Selection selection,
    std::size_t unconfirmed_max,
    Deliver deliver
)
    : subscriptions_(subscriptions),
      events_(events),
      group_(std::move(group)),
      from_(from),
      selection_(std::move(selection)),
      unconfirmed_max_(unconfirmed_max),
      deliver_(std::move(deliver)) {}

void Subscriber::claim() {
    const domain::Cursor head = events_.head();
    const domain::Cursor begin{
        head.incarnation, from_ == SubscribeFrom::now ? head.position : domain::Position{}};
    claimed_ = subscriptions_.claim(group_, begin);
    if (claimed_.place.incarnation != head.incarnation)
        throw domain::SetupError(
            "the log has begun another life since the group " + group_ +
            " read it, so what it has read may be gone: drop the group and begin it anew"
        );
    taken_ = confirmed_ = claimed_.place.position;
}

bool Subscriber::step(std::size_t most) {
    if (claimed_.epoch.value == 0) claim();
    if (unconfirmed_max_ > 0) {
        if (under_way_.size() >= unconfirmed_max_) return false;
        most = std::min(most, unconfirmed_max_ - under_way_.size());
    }
    auto page = events_.read(taken_, most);
    at_end_ = page.size() < most;
    if (page.empty()) return false;
    const domain::Position last = page.back().position;
    std::erase_if(page, [&](const auto& event) { return !selection_.holds(event); });
    if (!page.empty()) deliver_(page);
    delivered_ += static_cast<std::int64_t>(page.size());
    taken_ = last;
    if (unconfirmed_max_ > 0)
        for (const auto& event : page) under_way_.push_back(event.position);
    if (under_way_.empty()) confirmed_ = taken_;
    return true;
}

void Subscriber::confirm(domain::Position position) {
    while (!under_way_.empty() && under_way_.front() <= position) {
        confirmed_ = under_way_.front();
        under_way_.pop_front();
    }
    if (under_way_.empty()) confirmed_ = taken_;
}

void Subscriber::keep() {
    if (claimed_.epoch.value == 0) return;
    domain::Subscription next = claimed_;
    next.place.position = confirmed_;
    if (!subscriptions_.advance(next))
        throw domain::SetupError(
            "the group " + group_ + " has another reader now, or was dropped: one reads at a time"
        );
    claimed_ = std::move(next);
}

}  // namespace services::operations

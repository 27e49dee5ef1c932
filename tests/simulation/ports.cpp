#include "tests/simulation/ports.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace simulation {

domain::Cursor Events::visible() {
    domain::Cursor head = log_.head();
    World& world = process_.world();
    if (replica_ && world.strikes(Fault::lagging_replica, process_.name())) {
        const std::int64_t lag = world.random.between(1, 12);
        head.position.value = std::max<std::int64_t>(0, head.position.value - lag);
    }
    return head;
}

void Publisher::send(std::span<const domain::Record> batch) {
    under_way_.insert(under_way_.end(), batch.begin(), batch.end());
    publisher_.send(batch);
}

bool Publisher::flush(std::chrono::milliseconds timeout) {
    World& world = process_.world();
    const bool sent = process_.broker([&] {
        if (!under_way_.empty() && world.strikes(Fault::lost_produce, process_.name()))
            world.broker.forget_acknowledgements(1);
        return publisher_.flush(timeout);
    });
    if (sent) under_way_.clear();
    return sent;
}

void Publisher::abandon() {
    let_go();
    publisher_.abandon();
}

void Publisher::let_go() {
    World& world = process_.world();
    if (!under_way_.empty() && world.strikes(Fault::late_records, process_.name()))
        world.late.push_back(under_way_);
    under_way_.clear();
}

domain::Polled Consumer::poll(std::size_t max, std::chrono::milliseconds timeout) {
    polled_at_ = process_.world().now();
    domain::Polled polled = process_.broker([&] { return consumer_->poll(max, timeout); });
    for (const auto& partition : polled.revoked) assigned_.erase(partition);
    assigned_.insert(polled.assigned.begin(), polled.assigned.end());
    disturb(polled.records);
    std::erase_if(polled.records, [&](const domain::ConsumedRecord& consumed) {
        return !assigned_.contains(consumed.record.target);
    });
    return polled;
}

void Consumer::follow(std::vector<domain::TopicPartition> partitions) {
    std::erase_if(assigned_, [&](const auto& assigned) {
        return std::ranges::count(partitions, assigned) == 0;
    });
    consumer_->follow(std::move(partitions));
}

void Consumer::disturb(std::vector<domain::ConsumedRecord>& records) {
    constexpr std::size_t old_max = 20;
    World& world = process_.world();
    const auto strikes = [&](Fault fault) { return world.strikes(fault, process_.name()); };
    if (!records.empty() && strikes(Fault::dropped_records))
        records.resize(static_cast<std::size_t>(world.random.below(static_cast<int>(records.size()))
        ));
    if (!delayed_.empty()) {
        records.insert(records.begin(), delayed_.begin(), delayed_.end());
        delayed_.clear();
    }
    if (!old_.empty() && strikes(Fault::repeated_records)) {
        const auto from = old_.begin() + world.random.below(static_cast<int>(old_.size()));
        records.insert(records.begin(), from, old_.end());
    }
    if (records.size() > 1 && strikes(Fault::reordered_records))
        std::swap(world.random.one_of(records), world.random.one_of(records));
    if (!records.empty() && strikes(Fault::delayed_records)) std::swap(records, delayed_);
    old_.insert(old_.end(), records.begin(), records.end());
    while (old_.size() > old_max) old_.pop_front();
}

void Consumer::commit(std::span<const domain::PartitionOffset> next) {
    if (!process_.world().strikes(Fault::lost_offsets, process_.name())) consumer_->commit(next);
}

}  // namespace simulation

#include "services/operations/replay.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/error.hpp"
#include "domain/kernel/outcome.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace services::operations {
namespace {

/// So that a stop is noticed.
constexpr std::chrono::milliseconds flush_wait{500};

}  // namespace

Replay::Replay(
    domain::EventLog& events,
    domain::RelayLeases& leases,
    domain::RecordPublisher& publisher,
    ReplayPlan plan,
    ReplayPlace from
)
    : events_(events),
      leases_(leases),
      publisher_(publisher),
      plan_(std::move(plan)),
      first_(std::max(from.done, plan_.selection.after)),
      done_{first_, std::move(from.last)},
      sending_(done_) {}

/// The checkpoint first: so the run comes at least as far as where the live topics are joined.
void Replay::begin() {
    partitions_ = publisher_.partitions(plan_.topic);
    if (partitions_ == 0) {
        const std::vector<domain::TopicSpec> topics{{plan_.topic, plan_.partitions}};
        publisher_.ensure_topics(topics);
        partitions_ = plan_.partitions;
    }
    live_ = leases_.load(domain::Log::events);
    const domain::Cursor head = events_.head();
    incarnation_ = head.incarnation;
    end_ = std::min(head.position, plan_.selection.up_to.value_or(head.position));
    begun_ = true;
}

bool Replay::step(std::size_t most) {
    try {
        if (!begun_) begin();
        if (!settle()) return true;
        if (ends_sent_) return false;
        auto page = done_.done < end_ ? events_.read(done_.done, most)
                                      : std::vector<domain::EventEnvelope>();
        std::erase_if(page, [&](const auto& event) { return event.position > end_; });
        if (page.empty()) {
            send_ends();
        } else {
            send(page);
        }
        settle();
        return true;
    } catch (const domain::WorldError&) {
        // What is under way may or may not arrive: from what is acknowledged on, once more.
        publisher_.abandon();
        sending_ = done_;
        ends_sent_ = false;
        throw;
    }
}

Advance Replay::advance() const {
    return {done_.done.value - first_.value, std::max<std::int64_t>(end_.value - first_.value, 0)};
}

bool Replay::settle() {
    if (!publisher_.flush(flush_wait)) return false;
    done_ = sending_;
    return true;
}

bool Replay::wants(const domain::EventEnvelope& event) const {
    const bool outcome = event.stream.category == domain::outcome_category;
    return plan_.selection.holds(event) &&
           (!outcome || plan_.selection.category == domain::outcome_category);
}

void Replay::send(std::span<const domain::EventEnvelope> page) {
    std::vector<domain::Record> batch;
    for (const domain::EventEnvelope& event : page) {
        if (!wants(event)) continue;
        domain::Record record = domain::event_record(event);
        record.target = {plan_.topic, domain::partition_of(record.key, partitions_)};
        domain::Position& last = sending_.last[record.target.partition];
        domain::add_link(record, {incarnation_, event.position, last});
        record.headers.push_back({std::string(replay_header), plan_.run});
        last = event.position;
        batch.push_back(std::move(record));
    }
    sending_.done = page.back().position;
    publisher_.send(batch);
    sent_ += static_cast<std::int64_t>(batch.size());
}

void Replay::send_ends() {
    std::vector<domain::Record> batch;
    for (std::int32_t partition = 0; partition < partitions_; ++partition) {
        domain::Record record;
        record.target = {plan_.topic, partition};
        record.value = end_text();
        record.headers = {
            {"content-type", "application/json"},
            {"ce_specversion", "1.0"},
            {"ce_id", plan_.run + '/' + std::to_string(partition)},
            {"ce_type", std::string(replay_ended)},
            {"ce_source", "/replay"},
            {std::string(replay_header), plan_.run}};
        batch.push_back(std::move(record));
    }
    publisher_.send(batch);
    ends_sent_ = true;
}

std::string Replay::end_text() const {
    nlohmann::ordered_json json{
        {"incarnation", incarnation_}, {"position", end_.value}, {"live", nlohmann::json::array()}};
    const std::string wanted = plan_.live.events(plan_.selection.category);
    for (const auto& mark : live_.marks) {
        const auto& [topic, partition] = mark.partition;
        if (plan_.selection.category.empty() ? !topic.starts_with(wanted) : topic != wanted)
            continue;
        json["live"].push_back(
            {{"topic", topic}, {"partition", partition}, {"offset", mark.offset + 1}}
        );
    }
    return json.dump();
}

}  // namespace services::operations

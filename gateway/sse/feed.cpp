#include "gateway/sse/feed.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/topics.hpp"

#include <utility>

namespace gateway::sse {

ReplyFeed::ReplyFeed(
    domain::RecordConsumer& consumer,
    domain::EventLog& log,
    domain::RelayLeases& leases,
    const domain::Clock& clock,
    FeedSettings settings,
    std::function<void(FeedBatch)> deliver
)
    : consumer_(consumer),
      log_(log),
      leases_(leases),
      clock_(clock),
      settings_(std::move(settings)),
      deliver_(std::move(deliver)) {}

/// What a throw loses of a batch is found missing by the chain or by the next check.
bool ReplyFeed::step() {
    FeedBatch batch;
    if (clock_.elapsed() >= next_check_) check(batch);

    const domain::Polled polled = consumer_.poll(settings_.batch_max, settings_.poll_timeout);
    if (!polled.assigned.empty()) start_due_ = true;
    if (start_due_) start(batch);
    for (const domain::ConsumedRecord& consumed : polled.records) decode(consumed.record, batch);

    deliver_(std::move(batch));
    return !polled.records.empty();
}

void ReplyFeed::check(FeedBatch& batch) {
    next_check_ = clock_.elapsed() + settings_.check_interval;
    const domain::Cursor head = log_.head();
    if (incarnation_ != 0 && head.incarnation != incarnation_) start_due_ = true;
    batch.head = head.position;
    for (const domain::SentMark& mark : leases_.load(domain::Log::events).marks) {
        if (mark.partition.topic != settings_.topic) continue;
        if (mark.partition.partition >= settings_.partitions) refuse_partitions();
        batch.marks.push_back({mark.partition.partition, mark.position});
    }
}

/// The consumer's place was fixed before the head is read: what lies above the head comes to us.
void ReplyFeed::start(FeedBatch& batch) {
    const domain::Cursor head = log_.head();
    batch.start = head.position;
    incarnation_ = head.incarnation;
    start_due_ = false;
}

void ReplyFeed::decode(const domain::Record& record, FeedBatch& batch) const {
    const auto link = domain::link_of(record);
    if (!link) {
        auto frame = notification_frame(record);
        if (!frame) {
            ++batch.malformed;
            return;
        }
        batch.records.push_back({record.target.partition, record.key, {}, std::move(frame->bytes)});
        return;
    }
    if (link->incarnation != incarnation_) {
        ++batch.foreign;
        return;
    }
    const auto event = domain::event_of(record);
    if (!event) {
        ++batch.malformed;
        return;
    }
    if (record.target.partition != domain::partition_of(record.key, settings_.partitions))
        refuse_partitions();
    batch.records.push_back(
        {record.target.partition, record.key, link, event_frame(*event, link->incarnation).bytes}
    );
}

void ReplyFeed::refuse_partitions() const {
    throw domain::SetupError(
        "topic " + settings_.topic + " has not " + std::to_string(settings_.partitions) +
        " partitions: set the number that it has"
    );
}

}  // namespace gateway::sse

#include "gateway/sse/feed.hpp"

#include <algorithm>
#include <utility>

namespace gateway::sse {

Feed::Feed(
    domain::TailConsumer& consumer,
    domain::RecordVerifier& verifier,
    domain::EventLog& log,
    domain::RelayLeases& leases,
    const domain::Clock& clock,
    FeedSettings settings,
    FeedFrames frames,
    Deliver deliver
)
    : consumer_(consumer),
      verifier_(verifier),
      log_(log),
      leases_(leases),
      clock_(clock),
      settings_(std::move(settings)),
      frames_(frames),
      deliver_(std::move(deliver)),
      generation_{.partitions = settings_.partitions} {}

/// What a throw loses of a batch is found missing by the chain or by the next check.
bool Feed::step() {
    FeedBatch batch;
    if (!wanted_.empty() && clock_.elapsed() >= next_check_) check(batch);

    const domain::Polled polled = consumer_.poll(settings_.batch_max, settings_.poll_timeout);
    for (const domain::TopicPartition& assigned : polled.assigned) {
        if (const auto partition = find(assigned)) due_.insert(*partition);
    }
    if (!due_.empty()) start(batch);
    for (const domain::ConsumedRecord& consumed : polled.records) decode(consumed.record, batch);

    follow(deliver_(std::move(batch)));
    return !polled.records.empty();
}

std::optional<FeedPartition> Feed::find(const domain::TopicPartition& partition) const {
    const auto topic = std::ranges::find(settings_.topics, partition.topic);
    const bool ours = topic != settings_.topics.end() && partition.partition >= 0 &&
                      partition.partition < generation_.partitions;
    if (!ours) return std::nullopt;
    return FeedPartition{
        partition.partition, static_cast<std::size_t>(topic - settings_.topics.begin())};
}

void Feed::follow(std::vector<FeedPartition> wanted) {
    if (wanted == wanted_) return;
    wanted_ = std::move(wanted);
    const auto unwanted = [this](const FeedPartition& partition) {
        return !std::ranges::binary_search(wanted_, partition);
    };
    std::erase_if(started_, unwanted);
    std::erase_if(due_, unwanted);
    std::vector<domain::TopicPartition> partitions;
    for (const auto& [partition, topic] : wanted_)
        partitions.push_back({settings_.topics[topic], partition});
    consumer_.follow(partitions);
}

void Feed::check(FeedBatch& batch) {
    next_check_ = clock_.elapsed() + settings_.check_interval;
    const domain::RelayCheckpoint sent = leases_.load(domain::Log::events);
    if (sent.generation != generation_ && sent.generation.partitions > 0)
        return spread_over(sent.generation);
    const domain::Cursor head = log_.head();
    if (incarnation_ != 0 && head.incarnation != incarnation_) due_ = started_;
    batch.head = head.position;
    for (const FeedPartition& partition : wanted_) {
        if (!started_.contains(partition)) batch.unread.push_back({partition, head.position});
    }
    for (const domain::SentMark& mark : sent.marks) {
        const auto partition = find(mark.partition);
        if (partition && started_.contains(*partition))
            batch.marks.push_back({*partition, mark.position});
    }
}

/// An operator has changed the number of partitions. All of them are begun anew, also those that
/// were read before under the same numbers.
void Feed::spread_over(const domain::Generation& generation) {
    generation_ = generation;
    follow({});
    FeedBatch batch;
    batch.partitions = generation.partitions;
    follow(deliver_(std::move(batch)));
}

/// The consumer's place was fixed before the head is read: what lies above the head comes to us.
void Feed::start(FeedBatch& batch) {
    const domain::Cursor head = log_.head();
    if (head.incarnation != incarnation_) due_.insert(started_.begin(), started_.end());
    incarnation_ = head.incarnation;
    for (const FeedPartition& partition : due_) batch.starts.push_back({partition, head.position});
    started_.merge(std::exchange(due_, {}));
}

/// Only a relay may say where in the log a record stands.
void Feed::decode(const domain::Record& record, FeedBatch& batch) {
    const auto from = find(record.target);
    if (from && domain::claims_link(record)) return decode_event(record, *from, batch);
    auto frame = from && frames_.of_notification ? frames_.of_notification(record) : std::nullopt;
    if (!frame) {
        ++batch.malformed;
        return;
    }
    batch.records.push_back({*from, record.key, {}, std::move(*frame)});
}

void Feed::decode_event(const domain::Record& record, const FeedPartition& from, FeedBatch& batch) {
    if (!verifier_.genuine(record)) {
        ++batch.forged;
        return;
    }
    const auto link = domain::link_of(record);
    const auto event = domain::event_of(record);
    if (!link || !event) {
        ++batch.malformed;
        return;
    }
    if (link->incarnation != incarnation_ || link->generation != generation_.number) {
        ++batch.foreign;
        // One that is newer is in force: that is not to wait for the next check.
        if (link->incarnation == incarnation_ && link->generation > generation_.number)
            next_check_ = {};
        return;
    }
    batch.records.push_back(
        {from,
         record.key,
         link,
         frames_.of_event(*event, link->incarnation),
         domain::hearers_of(record)}
    );
}

}  // namespace gateway::sse

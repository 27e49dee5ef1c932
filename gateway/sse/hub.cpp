#include "gateway/sse/hub.hpp"

#include "domain/kernel/topics.hpp"

#include <algorithm>

namespace gateway::sse {

Hub::Hub(std::int32_t partitions) : partitions_(static_cast<std::size_t>(partitions)) {}

Hub::Partition& Hub::partition_of(const std::string& subject) {
    return partitions_[static_cast<std::size_t>(
        domain::partition_of(subject, static_cast<std::int32_t>(partitions_.size()))
    )];
}

const Hub::Partition& Hub::partition_of(const std::string& subject) const {
    return const_cast<Hub*>(this)->partition_of(subject);
}

void Hub::add(const std::string& subject, Listener& listener) {
    partition_of(subject).subjects[subject].push_back(&listener);
    ++counters_.connections;
}

void Hub::remove(const std::string& subject, Listener& listener) {
    auto& subjects = partition_of(subject).subjects;
    const auto found = subjects.find(subject);
    if (found == subjects.end()) return;
    counters_.connections -= std::erase(found->second, &listener);
    if (found->second.empty()) subjects.erase(found);
}

domain::Position Hub::position(const std::string& subject) const {
    return partition_of(subject).taken;
}

std::size_t Hub::connections(const std::string& subject) const {
    const auto& subjects = partition_of(subject).subjects;
    const auto found = subjects.find(subject);
    return found == subjects.end() ? 0 : found->second.size();
}

void Hub::take(const FeedBatch& batch) {
    if (batch.start) {
        for (Partition& partition : partitions_) {
            partition.mark = {};
            miss(partition, *batch.start);
        }
    }
    if (batch.head) {
        head_ = *batch.head;
        ++heads_;
    }
    for (const FeedRecord& record : batch.records) take(record);
    for (const FeedMark& mark : batch.marks) check(mark);
    counters_.foreign += batch.foreign;
    counters_.malformed += batch.malformed;
}

void Hub::take(const FeedRecord& record) {
    if (!record.link) {
        ++counters_.notifications;
        deliver(record.subject, Frame{{}, record.bytes});
        return;
    }
    Partition& partition = partitions_.at(static_cast<std::size_t>(record.partition));
    switch (domain::chain_step(partition.taken, *record.link)) {
        case domain::ChainStep::repeat:
            ++counters_.repeats;
            break;
        case domain::ChainStep::next:
            ++counters_.taken;
            partition.taken = record.link->position;
            deliver(record.subject, Frame{record.link->position, record.bytes});
            break;
        case domain::ChainStep::gap:
            ++counters_.gaps;
            miss(partition, record.link->position);
            break;
    }
}

/// A record that the relay had sent by the check before and that has not come until this one is
/// lost or late. Waiting for a record behind it would leave its user without it in the meantime.
void Hub::check(const FeedMark& mark) {
    Partition& partition = partitions_.at(static_cast<std::size_t>(mark.partition));
    if (partition.mark > partition.taken) {
        ++counters_.silences;
        miss(partition, partition.mark);
    }
    partition.mark = mark.position;
}

void Hub::deliver(const std::string& subject, const Frame& frame) {
    auto& subjects = partition_of(subject).subjects;
    const auto found = subjects.find(subject);
    if (found == subjects.end()) return;
    for (Listener* listener : found->second) {
        if (!listener->live(frame)) ++counters_.overflows;
    }
}

void Hub::miss(Partition& partition, domain::Position up_to) {
    partition.taken = up_to;
    for (auto& [subject, listeners] : partition.subjects) {
        for (Listener* listener : listeners) listener->behind();
    }
}

}  // namespace gateway::sse

#include "services/relay/relay.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/error.hpp"

#include <algorithm>

namespace services::relay {
namespace {

/// Has the broker lost what the checkpoint says it has?
bool lost(
    const domain::RelayCheckpoint& checkpoint,
    const domain::ClusterView& view,
    std::span<const domain::TopicSpec> topics
) {
    if (checkpoint.cluster_id.empty()) return false;  // nothing was ever sent
    if (checkpoint.cluster_id != view.cluster_id) return true;
    std::map<domain::TopicPartition, std::int64_t> ends;
    for (const auto& [partition, offset] : view.ends) ends[partition] = offset;
    return std::any_of(checkpoint.marks.begin(), checkpoint.marks.end(), [&](const auto& mark) {
        // A topic that was not looked at is of a category that only other builds know.
        return std::ranges::count(topics, mark.partition.topic, &domain::TopicSpec::topic) > 0 &&
               ends[mark.partition] <= mark.offset;
    });
}

}  // namespace

Relay::Relay(
    Feed& feed,
    domain::RelayLeases& leases,
    domain::RecordPublisher& publisher,
    domain::RecordSigner& signer,
    const domain::Clock& clock,
    RelaySettings settings
)
    : feed_(feed),
      leases_(leases),
      publisher_(publisher),
      signer_(signer),
      clock_(clock),
      settings_(std::move(settings)) {}

bool Relay::step() {
    try {
        return lead_ || take_lead() ? lead_step() : false;
    } catch (...) {
        // What is under way may or may not arrive. The checkpoint is before it: begin there.
        step_down();
        tried_ = clock_.elapsed() - settings_.lease_ttl;  // at once: who calls makes the pauses
        throw;
    }
}

void Relay::stop() {
    if (!lead_) return;
    if (settled()) save_checkpoint();
    if (lead_) leases_.release(feed_.log(), lead_->epoch);
    step_down();
}

void Relay::step_down() {
    lead_.reset();
    publisher_.abandon();
}

bool Relay::another_leads() const {
    return refused_since_ && clock_.elapsed() - *refused_since_ > settings_.lease_ttl;
}

bool Relay::take_lead() {
    if (!domain::due(clock_, tried_, settings_.lease_ttl / 10)) return false;
    const auto epoch = leases_.acquire(feed_.log(), settings_.holder, settings_.lease_ttl);
    if (!epoch) {
        if (!refused_since_) refused_since_ = clock_.elapsed();
        return false;
    }
    refused_since_.reset();
    renewed_ = clock_.elapsed();
    signer_.renew();

    const domain::RelayCheckpoint checkpoint = leases_.load(feed_.log());
    if (checkpoint.generation.partitions > 0) feed_.spread_over(checkpoint.generation.partitions);
    const auto topics = feed_.topics();
    publisher_.ensure_topics(topics);
    Lead lead;
    lead.epoch = *epoch;
    lead.incarnation = feed_.incarnation();
    lead.generation = checkpoint.generation.number;
    begin_from(lead, checkpoint, publisher_.view(topics));
    viewed_ = checkpointed_ = clock_.elapsed();
    lead_ = std::move(lead);
    return true;
}

void Relay::begin_from(
    Lead& lead,
    const domain::RelayCheckpoint& checkpoint,
    const domain::ClusterView& view
) {
    const bool again = lost(checkpoint, view, feed_.topics());
    const domain::Position from = again ? feed_.restart_position(checkpoint) : checkpoint.position;
    lead.cluster_id = view.cluster_id;
    lead.position = lead.sending = lead.saved = from;
    lead.marks.clear();
    // Of a partition whose last record lies above `from` we do not know the record before. `from`
    // itself is as good: nothing lies between it and the first record that is sent now.
    lead.nothing_sent = lead.generation > 1 ? from : domain::Position{};
    for (const auto& mark : checkpoint.marks) {
        lead.marks[mark.partition] = {std::min(mark.position, from), again ? -1 : mark.offset};
    }
}

bool Relay::lead_step() {
    if (!keep_lease()) return false;
    if (!settled() && !settle()) return false;
    if (domain::due(clock_, viewed_, settings_.view_every)) check_cluster();
    if (!lead_) return false;
    const bool worked = gathering().count() == 0 && send_next() && settle();
    if (settled() && lead_->position != lead_->saved &&
        domain::due(clock_, checkpointed_, settings_.checkpoint_every)) {
        save_checkpoint();
    }
    return worked;
}

bool Relay::keep_lease() {
    if (!domain::due(clock_, renewed_, settings_.lease_ttl / 3)) return true;
    // A log that has begun another life meanwhile is begun anew, with what is known of that one.
    if (leases_.renew(feed_.log(), lead_->epoch, settings_.lease_ttl) &&
        feed_.incarnation() == lead_->incarnation) {
        signer_.renew();
        return true;
    }
    step_down();
    return false;
}

void Relay::check_cluster() {
    const auto topics = feed_.topics();
    if (!lost(checkpoint(), publisher_.view(topics), topics)) return;
    publisher_.abandon();
    publisher_.ensure_topics(topics);
    begin_from(*lead_, checkpoint(), publisher_.view(topics));
    save_checkpoint();
}

std::chrono::milliseconds Relay::gathering() const {
    const bool busy = rows_ >= settings_.busy_rows && rows_ < settings_.batch_max;
    const auto passed = clock_.elapsed() - begun_;
    return busy && passed < settings_.gather ? settings_.gather - passed
                                             : std::chrono::milliseconds{0};
}

bool Relay::send_next() {
    begun_ = clock_.elapsed();
    auto rows = feed_.read(lead_->position, settings_.batch_max);
    rows_ = rows.size();
    if (rows.empty()) return false;
    std::vector<domain::Record> batch;
    for (auto& row : rows) {
        for (domain::Record& record : row.records) {
            Mark& mark = mark_of(record.target);
            domain::add_link(
                record, {lead_->incarnation, row.position, mark.position, lead_->generation}
            );
            signer_.sign(record);
            mark.position = row.position;
            batch.push_back(std::move(record));
        }
        for (const auto& partition : row.passed_over) {
            mark_of(partition).position = row.position;
        }
    }
    lead_->sending = rows.back().position;
    publisher_.send(batch);
    return true;
}

/// Of a partition without one, the first generation has sent nothing; and any other one, nothing
/// since it was led from where it is led now.
Relay::Mark& Relay::mark_of(const domain::TopicPartition& partition) {
    return lead_->marks.try_emplace(partition, Mark{lead_->nothing_sent}).first->second;
}

bool Relay::settle() {
    if (!publisher_.flush(settings_.flush_wait)) return false;
    lead_->position = lead_->sending;
    for (const auto& [partition, offset] : publisher_.acknowledged()) {
        lead_->marks[partition].offset = offset;
    }
    return true;
}

domain::RelayCheckpoint Relay::checkpoint() const {
    domain::RelayCheckpoint checkpoint{lead_->position, lead_->cluster_id, {}};
    for (const auto& [partition, mark] : lead_->marks) {
        checkpoint.marks.push_back({partition, mark.position, mark.offset});
    }
    return checkpoint;
}

void Relay::save_checkpoint() {
    if (leases_.save(feed_.log(), lead_->epoch, checkpoint())) {
        lead_->saved = lead_->position;
    } else {
        step_down();
    }
}

}  // namespace services::relay

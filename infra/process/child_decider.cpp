#include "infra/process/child_decider.hpp"

#include <stdexcept>

namespace infra::process {

void ChildDecider::begin(
    std::span<const domain::StoredCommand> batch,
    const domain::KeyHolders& held,
    std::chrono::milliseconds patience
) {
    batch_size_ = batch.size();
    child_->begin(patience);
    child_->say(batch_frame(batch, held));
}

void ChildDecider::give(std::span<const domain::EventEnvelope> page, bool last) {
    child_->say(page_frame(page, last));
}

void ChildDecider::undo() { child_->say(undo_frame()); }

void ChildDecider::restore(std::span<const domain::Snapshot> snapshots) {
    child_->say(restore_frame(FrameKind::restore, snapshots));
}

void ChildDecider::forget(std::span<const domain::CommandPartition> partitions, std::int32_t of) {
    child_->say(forget_frame({{partitions.begin(), partitions.end()}, of}));
}

domain::Progress ChildDecider::wait(std::chrono::milliseconds timeout) {
    const Heard heard = child_->wait(timeout);
    if (const auto* lost = std::get_if<domain::Lost>(&heard)) return of_batch(*lost);
    const auto* frame = std::get_if<Frame>(&heard);
    if (!frame) return domain::Working{};
    try {
        return understand(*frame);
    } catch (const std::runtime_error& nonsense) {
        return of_batch(child_->gives_nonsense(nonsense.what()));
    }
}

domain::Progress ChildDecider::understand(const Frame& frame) {
    if (frame.kind == FrameKind::wanted) return wanted_of(frame.body);
    if (frame.kind != FrameKind::verdicts) throw std::runtime_error("it answers nonsense");
    Decided decided = decided_of(frame.body);
    if (decided.verdicts.size() != batch_size_)
        throw std::runtime_error("it answers another batch");
    snapshots_ = std::move(decided.snapshots);
    return std::move(decided.verdicts);
}

domain::Lost ChildDecider::of_batch(domain::Lost lost) const {
    if (lost.command && *lost.command >= batch_size_) lost.command.reset();
    return lost;
}

}  // namespace infra::process

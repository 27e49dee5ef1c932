#include "infra/process/child_history_checker.hpp"

#include "domain/kernel/error.hpp"
#include "infra/process/frames.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace infra::process {

using namespace std::chrono_literals;

void ChildHistoryChecker::check(
    std::span<const domain::EventEnvelope> events,
    std::span<const domain::Snapshot> kept,
    const domain::TellFound& tell
) {
    const auto goes_on = [&](const domain::EventEnvelope& event) {
        return event.stream == lost_at_ && event.version.value != 1;
    };
    for (;;) {
        const auto next = std::ranges::find_if_not(events, goes_on);
        events = {next, events.end()};
        if (events.empty()) return;
        const auto left = std::ranges::find_if(kept, [&](const domain::Snapshot& each) {
            return each.stream >= events.front().stream;
        });
        kept = {left, kept.end()};
        const auto answer = ask(events, kept, tell);
        const auto* lost = std::get_if<domain::Lost>(&answer);
        if (!lost) return;
        if (!lost->command || *lost->command >= events.size())
            throw domain::WorldError("the process that checks histories ended: " + lost->reason);
        const domain::EventEnvelope& at = events[*lost->command];
        tell.fault({at.stream, at.version, lost->reason + ", at this event or one of the next"});
        lost_at_ = at.stream;
        events = events.subspan(*lost->command + 1);
    }
}

std::variant<ChildHistoryChecker::Checked, domain::Lost> ChildHistoryChecker::ask(
    std::span<const domain::EventEnvelope> events,
    std::span<const domain::Snapshot> kept,
    const domain::TellFound& tell
) {
    auto child = child_ ? std::move(child_) : children_.take();
    child->begin(patience_);
    child->say(check_frame(events, kept));
    for (;;) {
        const Heard heard = child->wait(1s);
        if (const auto* lost = std::get_if<domain::Lost>(&heard)) return *lost;
        const auto* frame = std::get_if<Frame>(&heard);
        if (!frame) continue;
        try {
            if (frame->kind == FrameKind::checked) break;
            if (frame->kind == FrameKind::fault) {
                tell.fault(fault_of(frame->body));
            } else if (frame->kind == FrameKind::keys) {
                tell.keys(keys_of(frame->body));
            } else {
                throw std::runtime_error("it answers nonsense");
            }
        } catch (const std::runtime_error& nonsense) {
            return child->gives_nonsense(nonsense.what());
        }
    }
    child_ = std::move(child);
    return Checked{};
}

}  // namespace infra::process

#include "infra/process/child_folder.hpp"

#include "domain/kernel/error.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <variant>

namespace infra::process {
namespace {

using namespace std::chrono_literals;

/// What came of it, in the end.
template <class Answer>
std::variant<Answer, domain::Lost>
hear(ChildLink& child, FrameKind kind, Answer (*answer_of)(std::string_view)) {
    for (;;) {
        const Heard heard = child.wait(1s);
        if (const auto* lost = std::get_if<domain::Lost>(&heard)) return *lost;
        const auto* frame = std::get_if<Frame>(&heard);
        if (!frame) continue;
        try {
            if (frame->kind != kind) throw std::runtime_error("it answers nonsense");
            return answer_of(frame->body);
        } catch (const std::runtime_error& nonsense) {
            return child.gives_nonsense(nonsense.what());
        }
    }
}

}  // namespace

domain::FoldAnswer ChildFolder::fold(
    const domain::StreamId& stream,
    domain::StreamVersion after,
    std::span<const domain::EventEnvelope> events,
    bool last
) {
    auto answer = ask(fold_frame(stream, after, events, last), FrameKind::folded, folded_of);
    if (auto* unreadable = std::get_if<domain::Unreadable>(&answer)) return std::move(*unreadable);
    auto* folded = std::get_if<Folded>(&answer);
    if (!folded) return domain::Lacking{};
    std::ranges::move(folded->snapshots, std::back_inserter(snapshots_));
    return std::move(folded->answer);
}

bool ChildFolder::restore(const domain::Snapshot& snapshot) {
    const auto question = restore_frame(FrameKind::restore_fold, std::span(&snapshot, 1));
    const auto answer = ask(question, FrameKind::restored, restored_of);
    const bool* restored = std::get_if<bool>(&answer);
    return restored && *restored;
}

domain::ReadAnswer
ChildFolder::may_read(const domain::StreamId& stream, const domain::Asked& asked) {
    auto answer = ask(may_read_frame(stream, asked), FrameKind::readable, read_answer_of);
    if (auto* unreadable = std::get_if<domain::Unreadable>(&answer)) return std::move(*unreadable);
    auto* said = std::get_if<domain::ReadAnswer>(&answer);
    return said ? std::move(*said) : domain::Lacking{};
}

template <class Answer>
std::variant<Answer, domain::Lacking, domain::Unreadable> ChildFolder::ask(
    const std::string& question,
    FrameKind kind,
    Answer (*answer_of)(std::string_view)
) {
    const bool fresh = !child_;
    auto child = fresh ? children_.take() : std::move(child_);
    child->begin(patience_);
    child->say(question);
    auto heard = hear(*child, kind, answer_of);
    if (auto* answer = std::get_if<Answer>(&heard)) {
        child_ = std::move(child);
        return std::move(*answer);
    }
    const auto& lost = std::get<domain::Lost>(heard);
    if (lost.command) return domain::Unreadable{lost.reason};
    // It was at nothing. One that was there before may have ended since.
    if (!fresh) return domain::Lacking{};
    throw domain::WorldError("the process that folds histories ended: " + lost.reason);
}

}  // namespace infra::process

#pragma once

#include "domain/ports/folder.hpp"
#include "infra/process/child_link.hpp"
#include "infra/process/frames.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace infra::process {

/// Folds in a process, and in another one when that is lost; the states are lost with it. Made,
/// used and destroyed by one thread.
class ChildFolder final : public domain::Folder {
  public:
    /// `patience` is how long a process may stay at one piece of a history.
    ChildFolder(ChildrenSettings settings, std::chrono::milliseconds patience)
        : children_(std::move(settings)), patience_(patience) {}

    domain::FoldAnswer fold(
        const domain::StreamId& stream,
        domain::StreamVersion after,
        std::span<const domain::EventEnvelope> events,
        bool last
    ) override;

    bool restore(const domain::Snapshot& snapshot) override;
    std::vector<domain::TakenSnapshot> snapshots() override {
        return std::exchange(snapshots_, {});
    }

    domain::ReadAnswer may_read(const domain::StreamId& stream, const domain::Asked& asked)
        override;

  private:
    /// Lacking where a process that was there before has ended since.
    template <class Answer>
    std::variant<Answer, domain::Lacking, domain::Unreadable>
    ask(const std::string& question, FrameKind kind, Answer (*answer_of)(std::string_view));

    Children children_;
    std::chrono::milliseconds patience_;
    std::unique_ptr<ChildLink> child_;
    std::vector<domain::TakenSnapshot> snapshots_;
};

}  // namespace infra::process

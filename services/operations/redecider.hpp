#pragma once

#include "domain/kernel/states.hpp"
#include "domain/ports/decider.hpp"
#include "services/operations/other_pasts.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace services::operations {

/// A command, and how it was answered.
struct StoredAnswer {
    enum class Command {
        stored,
        removed,   ///< it is not to have been sent
        inserted,  ///< it is to have been, behind the stored one of its position
    };
    Command what = Command::stored;
    domain::StoredCommand command;
    std::vector<domain::EventEnvelope> events;  ///< none of one that was inserted
};

struct RedeciderSettings {
    std::size_t deciders = 2;  ///< that work at the same time
    std::chrono::milliseconds patience{1'000};
    bool from_the_first = true;  ///< no command lies before those that are decided
};

/// Has commands decided again, each stream on top of what was decided of it here. Entities are
/// spread over several deciders, which refuse no keys by themselves. Used by one thread.
class Redecider {
  public:
    /// All outlive it. `pasts` are changed by the caller, between two pages.
    Redecider(
        domain::Deciders& deciders,
        domain::EventLog& events,
        const OtherPasts& pasts,
        RedeciderSettings settings
    );

    /// Begins with the next commands, which outlive the work. `done`: the command up to which all
    /// before them was decided, or left to the store.
    void begin(std::span<const StoredAnswer> page, domain::Position done);

    /// What they come to, in their place: nothing for those that were removed. No answer at all
    /// where a decider answered nonsense, and the same commands are to be decided one by one.
    /// Blocks; throws WorldError, after which they can be begun again.
    std::optional<std::vector<domain::Verdict>> finish();

  private:
    /// One of those that work side by side.
    struct Lane {
        std::unique_ptr<domain::Decider> decider{};
        std::vector<std::size_t> commands{};  ///< of the page, of the batch
        std::optional<PastReader> reader{};
        bool busy = false;
    };

    std::size_t lane_of(const domain::StreamId& stream) const;
    void begin_all();
    void begin(Lane& lane);
    void abandon();
    bool any_busy();
    void go_on(Lane& lane, std::chrono::milliseconds timeout);
    void give(Lane& lane, const domain::Wanted& wanted);
    std::optional<domain::StreamVersion> stored_of(const domain::StreamId& stream) const;
    void lost(Lane& lane, const domain::Lost& lost);
    bool refusals_kept();

    domain::Deciders& deciders_;
    domain::EventLog& events_;
    const OtherPasts& pasts_;
    const RedeciderSettings settings_;
    domain::PageSize size_{2'000};
    std::vector<Lane> lanes_;
    std::unordered_map<domain::StreamId, domain::Failure, domain::StreamHash> unreadable_;
    int ended_ = 0;  ///< deciders, one after the other, that no command can be blamed for

    std::span<const StoredAnswer> page_;
    domain::Position done_;
    std::vector<std::optional<domain::Verdict>> doomed_;  ///< that nobody is asked for
    std::vector<domain::Verdict> verdicts_;
    std::unordered_map<domain::StreamId, domain::StreamVersion, domain::StreamHash> stored_;
    bool open_ = false;  ///< it was begun and has come to nothing yet
    bool nonsense_ = false;
};

}  // namespace services::operations

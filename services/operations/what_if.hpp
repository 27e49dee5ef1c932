#pragma once

#include "domain/ports/audit.hpp"
#include "domain/ports/command_log.hpp"
#include "domain/ports/folder.hpp"
#include "services/operations/history.hpp"
#include "services/operations/operation.hpp"
#include "services/operations/redecider.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace services::operations {

/// A command that would be answered otherwise.
struct AnswerDifference {
    domain::StoredCommand command;
    std::string before;  ///< what it came to: "applied: deposited", "rejected closed", "removed"
    std::string after;   ///< and what it would
    std::vector<domain::NewEvent> events_before;
    std::vector<domain::NewEvent> events_after;
};

/// An aggregate that would end in another state. Both are of this build; where it cannot fold a
/// history, there is the reason instead.
struct StateDifference {
    /// One of the two ends.
    struct End {
        domain::StreamVersion version;
        domain::Payload state;  ///< empty: it would have no events, or cannot be folded
        std::string unreadable{};
        friend bool operator==(const End&, const End&) = default;
    };
    domain::StreamId stream;
    End before;
    End after;
};

/// A command that is to have been sent, behind the one at a position.
struct InsertedCommand {
    domain::Position after;  ///< 0: before all
    domain::CommandEnvelope command;
};

/// Another past: without some of the stored commands, and with some others.
struct Patch {
    std::vector<domain::StoredCommand> removed;
    std::vector<InsertedCommand> inserted;  ///< in the order of their positions
};

struct WhatIfSettings {
    Span commands;         ///< of the command log; its versions are positions
    std::string category;  ///< empty: of all
    Patch patch;
    std::size_t deciders = 2;
    std::chrono::milliseconds patience{1'000};
    std::size_t diverged_max = 1'000'000;  ///< events of aggregates that go another way
};

/// What deciding again is made of. All outlive it.
struct WhatIfParts {
    domain::CommandLog& commands;
    domain::EventLog& events;
    domain::Audit& audit;
    domain::Deciders& deciders;
    domain::Folder& folder;
};

/// To whom differences are told.
struct TellDifferences {
    std::function<void(const AnswerDifference&)> answer;
    std::function<void(const StateDifference&)> state;
};

/// Decides stored commands again, with the aggregates of those who decide, and tells what would be
/// otherwise; then which aggregates would end otherwise. Each goes its own way from its first other
/// event on: what follows is decided on that. Reads only. Keys are not contested again:
/// whose key the store refused is refused it again. A command that is still pending when it is
/// looked at, and those of its aggregate behind it, are left out. Who hears of an event, messages
/// of rejections and the words of an event's JSON are not compared, only their meaning.
class WhatIf final : public Operation {
  public:
    WhatIf(const WhatIfParts& parts, WhatIfSettings settings, TellDifferences tell);

    /// Throws domain::SetupError too, where there are no such commands, or too much is otherwise.
    bool step(std::size_t most) override;
    Advance advance() const override;

    std::int64_t commands() const { return decided_; }
    std::int64_t events() const { return compared_; }  ///< stored ones
    std::int64_t pending() const { return pending_; }
    std::int64_t differences() const { return differences_; }
    std::int64_t diverged() const { return static_cast<std::int64_t>(pasts_.all().size()); }
    domain::Position first() const { return {from_.value + 1}; }
    domain::Position last() const { return to_; }

  private:
    struct Page {
        domain::Position up_to;
        std::vector<StoredAnswer> answers;
    };

    void begin();
    void check_patch() const;
    domain::Position position_at(domain::Timestamp time);
    domain::Position position_of(const Bound& bound);
    Page read(domain::Position after, std::size_t most);
    void add_inserted(domain::Position behind, std::vector<StoredAnswer>& answers) const;
    void leave_out_pending(std::vector<StoredAnswer>& answers);
    void decide(std::size_t most);
    void decide_one_by_one();
    void compare(const StoredAnswer& answer, domain::Verdict verdict);
    bool next_state();
    StateDifference::End end_of(const Past& past);

    const WhatIfParts parts_;
    const WhatIfSettings settings_;
    const TellDifferences tell_;
    OtherPasts pasts_;
    domain::PageSize size_{2'000};
    domain::PageSize fold_size_{2'000};
    std::optional<Redecider> redecider_;
    domain::Position from_;  ///< the one before the first
    domain::Position to_;
    domain::Position at_;
    std::optional<Page> page_;  ///< behind there, if it was read
    std::set<domain::Position> removed_;
    std::set<domain::StreamId> pending_of_;
    domain::StreamId ended_;  ///< the last aggregate whose state was compared
    std::int64_t ends_ = 0;
    std::int64_t decided_ = 0;
    std::int64_t compared_ = 0;
    std::int64_t pending_ = 0;
    std::int64_t differences_ = 0;
};

}  // namespace services::operations

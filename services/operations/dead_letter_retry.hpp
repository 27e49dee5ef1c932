#pragma once

#include "domain/ports/dead_letters.hpp"
#include "services/operations/operation.hpp"

#include <functional>
#include <string>

namespace services::operations {

/// The id that the retry of this command has: the same each time, so that one that is asked for
/// twice is one.
std::string retry_id(const std::string& command_id);

/// Retries the open dead letters, of one category or of all, in the order in which they failed. A
/// retry that fails again makes a new one, which a later run retries. What is retried is so in the
/// store: another run goes on by itself.
class DeadLetterRetry final : public Operation {
  public:
    /// Told of each that was retried.
    using Retried = std::function<void(const domain::DeadLetter& letter)>;

    /// `letters` outlives this. `up_to`: where the event log ended as it began.
    DeadLetterRetry(
        domain::DeadLetters& letters,
        std::string category,
        domain::Position up_to,
        Retried retried
    );

    bool step(std::size_t most) override;
    Advance advance() const override { return {retried_, retried_}; }

  private:
    domain::DeadLetters& letters_;
    domain::DeadLetterQuery query_;
    domain::Position up_to_;
    Retried tell_;
    std::int64_t retried_ = 0;
};

}  // namespace services::operations

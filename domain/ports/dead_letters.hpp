#pragma once

#include "domain/kernel/envelope.hpp"
#include "domain/ports/decider.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace domain {

/// A command that is about to be answered *failed*, and why.
struct FailedCommand {
    Position command;
    int attempts = 0;
    std::string reason;  ///< of the first one; for operators only
    friend bool operator==(const FailedCommand&, const FailedCommand&) = default;
};

/// What has become of a dead letter.
enum class DeadLetterState { open, retried, dropped };
/// Its words, in that order: as the store and operators have them.
inline constexpr std::array<std::string_view, 3> dead_letter_states{"open", "retried", "dropped"};
constexpr std::string_view to_string(DeadLetterState state) {
    return dead_letter_states[static_cast<std::size_t>(state)];
}
/// And back; nothing for another word.
constexpr std::optional<DeadLetterState> dead_letter_state(std::string_view word) {
    for (std::size_t i = 0; i < dead_letter_states.size(); ++i)
        if (dead_letter_states[i] == word) return static_cast<DeadLetterState>(i);
    return std::nullopt;
}

/// A command that was answered *failed*.
struct DeadLetter {
    StoredCommand command;
    Position failed_at;  ///< of its outcome in the event log
    Timestamp time{};    ///< of that
    Failure failure;     ///< the reason may be empty: of a build that kept none
    int attempts = 0;    ///< 0: not known
    DeadLetterState state = DeadLetterState::open;
    std::string retried_as{};       ///< the id of that command, where it is retried
    std::int64_t events_since = 0;  ///< that its aggregate has come to after it failed
    friend bool operator==(const DeadLetter&, const DeadLetter&) = default;
};

/// Which of them. What is not said does not restrict.
struct DeadLetterQuery {
    std::string category{};
    std::optional<DeadLetterState> state{};
    Position after{};  ///< those that failed behind it, in the event log
};

/// The commands that failed: each outcome *failed* that is stored makes one. Used by one thread at
/// a time; every call blocks and throws WorldError when the store is away.
class DeadLetters {
  public:
    virtual ~DeadLetters() = default;

    /// Why these are about to fail: told before their outcomes are appended, and again whenever
    /// that is tried again. No effect on what has failed already.
    virtual void explain(std::span<const FailedCommand> commands) = 0;

    /// In the order in which they failed, at most `limit`.
    virtual std::vector<DeadLetter> read(const DeadLetterQuery& query, std::size_t limit) = 0;

    virtual std::int64_t count(const DeadLetterQuery& query) = 0;

    /// Of the command of this id; nothing if it has not failed.
    virtual std::optional<DeadLetter> find(const std::string& command_id) = 0;

    /// Accepts the command once more: another one, as `as_id`, of the same user, with the failed
    /// one as its cause; and marks this one, both or neither. Returns the state that it was in:
    /// nothing is done unless that is `open`. Nothing: there is no such dead letter.
    virtual std::optional<DeadLetterState>
    retry(const std::string& command_id, const std::string& as_id) = 0;

    /// As retry(), and no command comes of it.
    virtual std::optional<DeadLetterState> drop(const std::string& command_id) = 0;
};

}  // namespace domain

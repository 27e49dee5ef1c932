#pragma once

#include "bench/load/histogram.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace bench {

using Time = std::chrono::steady_clock::time_point;

/// The 128 bits of a UUID.
struct CommandId {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const CommandId&, const CommandId&) = default;
};

std::optional<CommandId> parse_command_id(std::string_view text);

/// The part of a run that counts.
struct Window {
    Time begin = Time::max();
    Time end = Time::max();
    bool holds(Time time) const { return time >= begin && time < end; }
};

/// What was promised and what was kept: each command with a 202 has to be answered on its user's
/// stream exactly once. An answer may overtake its 202, since they travel on two connections.
class Ledger {
  public:
    explicit Ledger(std::size_t commands_expected);

    /// Commands that were due inside it are measured.
    void measure(const Window& window) { window_ = window; }

    /// A 202 came. `due`: when the command was to be sent, whenever it was.
    void accepted(const CommandId& id, std::uint32_t user, Time due, Time now);

    /// The last event of a command came on this user's stream. True unless it came before.
    bool answered(const CommandId& id, std::uint32_t user, Time now);

    struct Counts {
        std::int64_t accepted = 0;  ///< 202s
        std::int64_t answered = 0;  ///< of these, answered at least once
        std::int64_t missing = 0;   ///< of these, never answered
        std::int64_t doubled = 0;   ///< answers beyond the first
        std::int64_t stray = 0;     ///< answers to no 202 of that user
        std::int64_t reissued = 0;  ///< 202s with the id of another command
    };
    Counts counts() const;

    std::int64_t accepted_in_window() const { return accepted_in_window_; }
    std::int64_t answered_in_window() const { return answered_in_window_; }
    const Histogram& to_202() const { return to_202_; }
    const Histogram& to_answer() const { return to_answer_; }

  private:
    struct Command {
        Time due{};
        Time answered{};
        std::uint32_t user = 0;
        std::uint16_t acceptances = 0;
        std::uint16_t answers = 0;
    };
    struct Hash {
        std::size_t operator()(const CommandId& id) const { return id.low ^ (id.high >> 3); }
    };

    void measure_answer(const Command& command);

    Window window_;
    std::unordered_map<CommandId, Command, Hash> commands_;
    std::int64_t accepted_in_window_ = 0;
    std::int64_t answered_in_window_ = 0;
    std::int64_t stray_ = 0;
    Histogram to_202_;
    Histogram to_answer_;
};

}  // namespace bench

#include "bench/load/ledger.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace bench {
namespace {

void count_up(std::uint16_t& counter) {
    if (counter < std::numeric_limits<std::uint16_t>::max()) ++counter;
}

}  // namespace

std::optional<CommandId> parse_command_id(std::string_view text) {
    std::array<char, 32> digits{};
    std::size_t count = 0;
    for (const char c : text) {
        if (c == '-') continue;
        if (count == digits.size()) return std::nullopt;
        digits[count++] = c;
    }
    if (count != digits.size()) return std::nullopt;
    const auto number = [&](std::size_t from, std::uint64_t& value) {
        const char* begin = digits.data() + from;
        return std::from_chars(begin, begin + 16, value, 16).ptr == begin + 16;
    };
    CommandId id;
    if (!number(0, id.high) || !number(16, id.low)) return std::nullopt;
    return id;
}

Ledger::Ledger(std::size_t commands_expected) { commands_.reserve(commands_expected); }

void Ledger::accepted(const CommandId& id, std::uint32_t user, Time due, Time now) {
    Command& command = commands_[id];
    count_up(command.acceptances);
    if (command.acceptances > 1) return;
    if (command.answers > 0 && command.user != user) {
        stray_ += command.answers;
        command.answers = 0;
    }
    command.user = user;
    command.due = due;
    if (window_.holds(now)) ++accepted_in_window_;
    if (window_.holds(due)) to_202_.add(now - due);
    if (command.answers > 0) measure_answer(command);
}

bool Ledger::answered(const CommandId& id, std::uint32_t user, Time now) {
    Command& command = commands_[id];
    if (command.acceptances > 0 && command.user != user) {
        ++stray_;
        return false;
    }
    command.user = user;
    count_up(command.answers);
    if (command.answers > 1) return false;
    command.answered = now;
    if (command.acceptances > 0) measure_answer(command);
    return true;
}

void Ledger::measure_answer(const Command& command) {
    if (window_.holds(command.answered)) ++answered_in_window_;
    if (window_.holds(command.due)) to_answer_.add(command.answered - command.due);
}

Ledger::Counts Ledger::counts() const {
    Counts counts;
    counts.stray = stray_;
    for (const auto& [id, command] : commands_) {
        if (command.acceptances == 0) {
            counts.stray += command.answers;
            continue;
        }
        ++counts.accepted;
        counts.reissued += command.acceptances - 1;
        if (command.answers == 0) ++counts.missing;
        if (command.answers > 0) ++counts.answered;
        counts.doubled += std::max(command.answers - 1, 0);
    }
    return counts;
}

}  // namespace bench

#pragma once

#include "tests/kit/choices.hpp"
#include "tests/kit/decided.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace kit {

/// What has to hold of a history, and of which commands and users it is made.
template <domain::Decider D>
struct HistoryRules {
    std::function<typename D::Command(Choices&)> commands;
    std::vector<domain::Issuer> users{{.subject = "user-1"}, {.subject = "user-2"}};
    std::vector<std::pair<std::string, std::function<bool(const typename D::State&)>>> invariants;
    std::function<bool(const typename D::Command&)> idempotent = [](const auto&) { return false; };
};

/// A history while it grows. It ends with the first rule that is broken.
template <domain::Decider D>
class HistoryRun {
    using Command = typename D::Command;
    using State = typename D::State;

  public:
    explicit HistoryRun(const HistoryRules<D>& rules) : rules_(rules) {}

    /// The next command; false if it broke a rule.
    bool step(Choices& choices) {
        asked_.user = choices.one_of(rules_.users);
        asked_.time += std::chrono::seconds(1);
        asked_.command_id = command_id(++commands_);
        try {
            carry_out(rules_.commands(choices));
        } catch (const std::exception& error) {
            breaks("it throws", error.what());
        }
        return broken_.empty();
    }

    /// The history as a whole, if none is broken so far.
    void finish() {
        if (!broken_.empty()) return;
        const auto& aggregate = aggregate_of<D>();
        std::vector<domain::EventEnvelope> history(past_.size());
        for (std::size_t i = 0; i < history.size(); ++i) {
            history[i].type = past_[i].type;
            history[i].data = past_[i].data;
        }
        domain::Folded folded;
        try {
            folded = aggregate.fold(nullptr, history);
            const std::string again = aggregate.state(folded);
            if (again != state_json<D>(state_))
                return breaks("the history, folded again, gives the same state", again);
        } catch (const std::exception& error) {
            return breaks("the history can be folded", error.what());
        }
        if (past_.empty() || aggregate.state_form().empty()) return;
        try {
            aggregate.restore(aggregate.snapshot(folded));
        } catch (const std::exception& error) {
            breaks("its state comes back from a snapshot", error.what());
        }
    }

    /// The rule; empty if none is.
    const std::string& broken() const { return broken_; }

    std::size_t events() const { return past_.size(); }

    std::string report() const {
        return "broken: " + broken_ + '\n' + part("because", detail_) + part("after", story_) +
               part("state", state_json<D>(state_));
    }

  private:
    static std::string command_id(int number) {
        std::string digits = std::to_string(number);
        return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
    }

    void carry_out(const Command& command) {
        const auto sent = aggregate_of<D>().encode_command(command);
        if (aggregate_of<D>().check(sent.name, sent.data)) return;  // it does not get past the edge
        story_ += asked_.user.subject + ": " + sent.name + ' ' + sent.data + '\n';
        const Decided<D> first = decided<D>(command, state_, asked_);
        story_ += part("", first.text(), 4);
        if (const auto again = decided<D>(command, state_, asked_); again.text() != first.text())
            return breaks("a decision that is made again is the same", again.text());
        if (!first.stored.fault.empty())
            return breaks("each event comes back from the store", first.stored.fault);

        past_.insert(past_.end(), first.stored.json.begin(), first.stored.json.end());
        state_ = fold<D>(state_, first.stored.events);
        asked_.version.value = static_cast<std::int64_t>(past_.size());
        for (const auto& [name, holds] : rules_.invariants)
            if (!holds(state_)) return breaks(name, "");
        if (!rules_.idempotent(command)) return;
        asked_.command_id = command_id(++commands_);
        if (const auto second = decided<D>(command, state_, asked_); !second.stored.json.empty())
            breaks(sent.name + ", sent again, changes nothing more", second.text());
    }

    void breaks(const std::string& rule, const std::string& detail) {
        broken_ = rule;
        detail_ = detail;
    }

    const HistoryRules<D>& rules_;
    std::vector<NewEvent> past_;
    State state_{};
    domain::Asked asked_{.entity = "1"};
    int commands_ = 0;
    std::string story_;   ///< what was sent, and what it came to
    std::string broken_;  ///< the rule
    std::string detail_;
};

}  // namespace kit

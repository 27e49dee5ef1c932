#pragma once

#include "domain/kernel/audience.hpp"
#include "domain/kernel/reservation.hpp"
#include "tests/kit/decided.hpp"

#include <concepts>
#include <set>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kit {

/// An event of a spec, and the spec's line.
template <domain::Decider D>
struct EventAt {
    template <std::convertible_to<typename D::Event> Event>
    EventAt(Event happened, std::source_location where = std::source_location::current())
        : event(std::move(happened)), line(where) {}
    typename D::Event event;
    std::source_location line;
};

/// Empty if these are the same state. What is hidden counts where a State can be compared.
template <domain::Decider D>
std::string state_differences(const typename D::State& expected, const typename D::State& got) {
    const std::string expected_json = state_json<D>(expected), got_json = state_json<D>(got);
    std::string where = differences(expected_json, got_json);
    if constexpr (std::equality_comparable<typename D::State>)
        if (where.empty() && !(expected == got)) where = "in a hidden field";
    if (where.empty()) return {};
    return "another state\n" + part("expected", expected_json) + part("got", got_json) +
           part("differs", where);
}

/// What a command came to. Somebody has to say what was expected.
template <domain::Decider D>
class [[nodiscard("say what is expected, by .then(...)")]] Outcome {
  public:
    using Line = std::source_location;

    Outcome(
        std::vector<NewEvent> past,
        typename D::State state,
        const domain::Asked& asked,
        const typename D::Command& command,
        Line line
    )
        : past_(std::move(past)),
          state_(std::move(state)),
          user_(asked.user_key()),
          command_(aggregate_of<D>().encode_command(command)),
          line_(line) {
        try {
            decided_ = decided<D>(command, state_, asked);
            for (const auto& event : decided_.stored.events) {
                state_ = D::evolve(std::move(state_), event);
                if constexpr (domain::NamesHearers<D>)
                    heard_by_.merge(as_set(domain::audience(D::hears(event, state_), asked)));
            }
            if constexpr (domain::Reserves<D>) {
                const auto changes = domain::key_changes({}, D::reserves(state_));
                if (!changes) decided_.code = changes.error().code;
            }
            fault_ = decided_.stored.fault;
        } catch (const std::exception& error) {
            fault_ = std::string("it threw: ") + error.what();
        }
    }

    ~Outcome() {
        if (!asked_for_) fail(line_, "nobody asked what this came to: add .then(...)\n" + story());
    }
    Outcome(const Outcome&) = delete;
    Outcome& operator=(const Outcome&) = delete;

    /// These events, and no others.
    template <std::convertible_to<typename D::Event>... More>
    const Outcome& then(EventAt<D> first, More... more) const {
        return then_events({std::move(first.event), std::move(more)...}, first.line);
    }

    const Outcome& then_nothing(Line line = Line::current()) const { return then_events({}, line); }

    const Outcome& then_rejected(std::string_view code, Line line = Line::current()) const {
        if (sound(line) && decided_.code != code)
            differs(line, "rejected, " + std::string(code), "");
        return *this;
    }

    const Outcome& then_forbidden(Line line = Line::current()) const {
        return then_rejected(domain::forbidden().code, line);
    }

    /// The state after it.
    const Outcome& then_state(const typename D::State& expected, Line line = Line::current())
        const {
        const std::string difference = sound(line) ? state_differences<D>(expected, state_) : "";
        if (!difference.empty()) fail(line, difference + story());
        return *this;
    }

    /// These users hear of it, of one of its events at least, besides who asked; or nobody.
    const Outcome& hears(const std::vector<std::string>& users, Line line = Line::current()) const {
        if (sound(line) && heard_by_ != as_set(users))
            fail(
                line,
                "others hear of it\n" + part("expected", in_lines_of(as_set(users), "nobody")) +
                    part("got", in_lines_of(heard_by_, "nobody")) + part("of", decided_.text()) +
                    story()
            );
        return *this;
    }

    /// These keys are its own after it, and no others. Whether another has them, a World knows.
    const Outcome& reserves(const domain::Reservations& keys, Line line = Line::current()) const {
        const Lines expected = as_set(keys), got = as_set(D::reserves(state_));
        if (sound(line) && expected != got)
            fail(
                line,
                "it reserves other keys\n" + part("expected", in_lines_of(expected, "nothing")) +
                    part("got", in_lines_of(got, "nothing")) + story()
            );
        return *this;
    }

  private:
    using Lines = std::set<std::string>;

    static Lines as_set(const std::vector<std::string>& users) {
        return {users.begin(), users.end()};
    }

    static Lines as_set(const domain::Reservations& keys) {
        Lines lines;
        for (const auto& [scope, key] : keys)
            if (!key.empty()) lines.insert(std::string(scope.name()) + ' ' + key);
        return lines;
    }

    static std::string in_lines_of(const Lines& texts, std::string_view none) {
        std::string lines;
        for (const std::string& text : texts) (lines += lines.empty() ? "" : "\n") += text;
        return lines.empty() ? std::string(none) : lines;
    }

    const Outcome& then_events(const std::vector<typename D::Event>& events, const Line& line)
        const {
        Stored<D> expected;
        for (const auto& event : events) expected.add(event);
        const bool rejected = !decided_.code.empty();
        if (!sound(line)) return *this;
        if (!expected.fault.empty())
            fail(line, expected.fault);
        else if (rejected)
            differs(line, in_lines(expected.json), "");
        else if (expected.json != decided_.stored.json)
            differs(
                line, in_lines(expected.json), differences(expected.json, decided_.stored.json)
            );
        return *this;
    }

    /// Could it be decided at all, and its events be stored?
    bool sound(const Line& line) const {
        asked_for_ = true;
        if (!fault_.empty()) fail(line, fault_ + '\n' + story());
        return fault_.empty();
    }

    void differs(const Line& line, const std::string& expected, const std::string& where) const {
        fail(
            line,
            "another outcome\n" + part("expected", expected) + part("got", decided_.text()) +
                part("differs", where) + story()
        );
    }

    std::string story() const {
        return part("given", in_lines(past_)) +
               part("when", command_.name + ' ' + command_.data + ", by " + user_);
    }

    const std::vector<NewEvent> past_;
    typename D::State state_;  ///< after it
    Lines heard_by_{};
    const std::string user_;
    const domain::EncodedCommand command_;
    const Line line_;
    Decided<D> decided_;
    std::string fault_;  ///< why it would be failed
    mutable bool asked_for_ = false;
};

}  // namespace kit

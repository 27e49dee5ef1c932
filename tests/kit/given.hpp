#pragma once

// What a spec says: given(events).by(user).when(command).then(events), for any Decider.
//
//     Given{opened}.when(WithdrawMoney{101}).then_rejected("insufficient-funds");
//
// Whoever asks is "user-1" at 1970 unless said. The rules of access hold, and each event goes
// through its JSON and back before it is folded, as it does in the store. A failure is one of the
// spec's line, and shows JSON.

#include "tests/kit/outcome.hpp"

#include <gtest/gtest.h>

#include <source_location>
#include <string>
#include <utility>

namespace kit {

/// What has happened, and who asks.
template <domain::Decider D>
class Given {
  public:
    using Line = std::source_location;

    Given() = default;

    template <std::convertible_to<typename D::Event>... More>
    explicit Given(EventAt<D> first, More... more) {
        past_.add(std::move(first.event));
        (past_.add(std::move(more)), ...);
        if (!past_.fault.empty()) fail(first.line, past_.fault);
        state_ = fold<D>({}, past_.events);
        asked_.version.value = static_cast<std::int64_t>(past_.events.size());
    }

    /// `claims`: a JSON object, `{"roles":["clerk"]}`.
    Given& by(std::string subject, std::string claims = "{}", std::string token_issuer = {}) {
        asked_.user = {std::move(subject), std::move(claims), std::move(token_issuer)};
        return *this;
    }

    Given& at(domain::Timestamp time) {
        asked_.time = time;
        return *this;
    }

    /// The command is decided here; its outcome has to be asked for.
    Outcome<D> when(const typename D::Command& command, Line line = Line::current()) const {
        return {past_.json, state_, asked_, command, line};
    }

    /// What the events come to, before any command.
    void then_state(const typename D::State& expected, Line line = Line::current()) const {
        const std::string differs = state_differences<D>(expected, state_);
        if (!differs.empty()) fail(line, differs + part("given", in_lines(past_.json)));
    }

    /// May whoever asks read the state that the events give?
    bool readable() const { return D::may_read(state_, asked_); }

  private:
    Stored<D> past_;
    typename D::State state_{};
    domain::Asked asked_{
        .user = {.subject = "user-1"},
        .command_id = "00000000-0000-4000-8000-000000000001",
        .entity = "1"};
};

}  // namespace kit

#pragma once

// Properties: what holds of an aggregate whatever happens to it.
//
//     kit::AnyHistory<Account>{}
//         .keeps("a balance of zero or more", [](const State& s) { return s.balance_cents >= 0; })
//         .idempotent<OpenAccount, CloseAccount>()
//         .holds();
//
// Random commands of random users are decided, one after the other. Always checked: nothing throws;
// a decision that is made again is the same; each event comes back from its JSON as it was, and the
// history that is read as the store would read it gives the same state. What fails is shortened,
// and shown as JSON with its seed; ANTIPHON_SEED=... in the environment begins with that one.

#include "tests/kit/arbitrary.hpp"
#include "tests/kit/history_run.hpp"
#include "tests/kit/shorten.hpp"

#include <source_location>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace kit {

/// The seed of ANTIPHON_SEED, else one by chance.
std::uint64_t first_seed();

/// All histories that an aggregate may have.
template <domain::Decider D>
class AnyHistory {
    using Command = typename D::Command;
    using State = typename D::State;

  public:
    /// `commands` draws them; unless said, from all that there could be.
    explicit AnyHistory(std::function<Command(Choices&)> commands = Arbitrary<Command>::draw) {
        rules_.commands = std::move(commands);
    }

    /// Who sends them; unless said, "user-1" and "user-2", without claims.
    AnyHistory& by(std::vector<domain::Issuer> users) {
        rules_.users = std::move(users);
        return *this;
    }

    /// True of each state.
    AnyHistory& keeps(std::string name, std::function<bool(const State&)> invariant) {
        rules_.invariants.emplace_back(std::move(name), std::move(invariant));
        return *this;
    }

    /// Each of these commands, sent a second time by the same user, changes nothing more.
    template <class... Commands>
    AnyHistory& idempotent() {
        rules_.idempotent = [](const Command& command) {
            return (std::holds_alternative<Commands>(command) || ...);
        };
        return *this;
    }

    /// How many histories, of at most how many commands. Unless said 200 of 30, which take a
    /// twentieth of a second.
    AnyHistory& tries(int histories, int commands_max) {
        histories_ = histories;
        commands_max_ = commands_max;
        return *this;
    }

    void holds(std::source_location line = std::source_location::current()) const {
        const std::uint64_t seed = first_seed();
        std::size_t events = 0;
        for (int i = 0; i < histories_; ++i) {
            const std::uint64_t each = seed + static_cast<std::uint64_t>(i);
            std::mt19937_64 random(each);
            HistoryRun<D> run(rules_);
            Steps steps;
            for (auto left = Choices(random).between(1, commands_max_); left > 0; --left) {
                Choices choices(random);
                const bool sound = run.step(choices);
                steps.push_back(choices.taken());
                if (!sound) break;
            }
            run.finish();
            if (!run.broken().empty())
                return fail(line, counter_example(steps, run.broken(), each));
            events += run.events();
        }
        if (events == 0)
            fail(
                line,
                "no command was ever accepted: say which commands, AnyHistory<...>{generator}, or "
                "who sends them, by(users)"
            );
    }

  private:
    HistoryRun<D> play(const Steps& steps) const {
        HistoryRun<D> run(rules_);
        for (const auto& taken : steps) {
            Choices choices(taken);
            if (!run.step(choices)) break;
        }
        run.finish();
        return run;
    }

    std::string counter_example(const Steps& steps, const std::string& broken, std::uint64_t seed)
        const {
        const Steps shortest =
            shorten(steps, [&](const Steps& shorter) { return play(shorter).broken() == broken; });
        const HistoryRun<D> run = play(shortest);
        if (run.broken() != broken)
            return "broken: " + broken + ", but not when the same was done again\n";
        return run.report() +
               part("shortened", "from " + std::to_string(steps.size()) + " commands") +
               part("again", "with ANTIPHON_SEED=" + std::to_string(seed));
    }

    HistoryRules<D> rules_;
    int histories_ = 200;
    int commands_max_ = 30;
};

}  // namespace kit

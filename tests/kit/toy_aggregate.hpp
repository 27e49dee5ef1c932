#pragma once

#include "domain/kernel/aggregate.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace kit {

/// Counts. Its commands: `add` (one event), `add-two` (two), `flood` (thousands), `tell` (who
/// asks), `announce` (ada and bob hear, of two issuers), `shout` (too many do), `reserve` and
/// `release` (the one key there is), `nothing`, `refuse`, `forbidden`, `throw`, `throw-int`, and
/// `throw-once`, which works when it is tried again; and those that only kit::FaultyDecider carries
/// out as they are meant. An event of type "broken" cannot be folded, and neither can "broken-int".
class ToyAggregate : public domain::Aggregate {
  public:
    explicit ToyAggregate(std::string_view category = "toy") : category_(category) {}

    std::string_view category() const override { return category_; }
    std::vector<std::string_view> commands() const override {
        return {
            "add",
            "add-two",
            "nothing",
            "refuse",
            "forbidden",
            "throw",
            "throw-int",
            "throw-once",
            "abort",
            "loop",
            "die-once",
            "babble",
            "flood",
            "tell",
            "announce",
            "shout",
            "reserve",
            "release"};
    }
    std::optional<domain::Rejection> check(std::string_view, std::string_view) const override {
        return std::nullopt;
    }

    domain::Folded fold(domain::Folded from, std::span<const domain::EventEnvelope> events)
        const override {
        int count = count_of(from);
        for (const auto& event : events) {
            if (event.type == "broken") throw std::runtime_error("a broken event");
            if (event.type == "broken-int") throw 7;
            ++count;
        }
        return std::make_shared<const int>(count);
    }

    domain::Allowed may(std::string_view, const domain::Asked&) const override {
        return domain::Allowed::depends;
    }
    bool may(std::string_view name, const domain::Folded&, const domain::Asked&) const override {
        return name != "forbidden";
    }
    bool may_read(const domain::Folded&, const domain::Asked&) const override { return true; }

    domain::Result<domain::Decided> decide(
        std::string_view name,
        std::string_view /*data*/,
        const domain::Folded& state,
        const domain::Asked& asked
    ) const override {
        if (name == "shout")
            return domain::Decided{
                {{"shouted", "{}", std::vector<std::string>(101, "bob")}}, state};
        if (name == "tell") return domain::Decided{{{"told", told(asked)}}, state};
        if (name == "refuse") return domain::Rejection{"refused", "No."};
        if (name == "throw-int") throw 7;
        if (name == "throw") throw std::runtime_error("thrown on purpose");
        if (name == "throw-once" && !std::exchange(thrown_, true)) {
            throw std::runtime_error("thrown once");
        }
        domain::Decided decided{{}, state};
        const int events = name == "nothing"   ? 0
                           : name == "add-two" ? 2
                           : name == "flood"   ? 5'000
                                               : 1;
        decided.events.assign(static_cast<std::size_t>(events), {"added", "{}"});
        using What = domain::KeyChange::What;
        if (name == "announce") {
            decided.events[0].hears = {"ada", "bob", "idp ada", "idp bob"};
            std::erase(decided.events[0].hears, asked.user_key());
        }
        if (name == "reserve") decided.events[0].keys = {{What::takes, "key", "the one"}};
        if (name == "release") decided.events[0].keys = {{What::frees, "key", "the one"}};
        decided.state = std::make_shared<const int>(count_of(state) + events);
        return decided;
    }

    domain::Payload state(const domain::Folded& state) const override {
        return std::to_string(count_of(state));
    }

    std::string state_form() const override { return "1-toy"; }
    domain::Payload snapshot(const domain::Folded& state) const override {
        return this->state(state);
    }
    domain::Folded restore(std::string_view snapshot) const override {
        return std::make_shared<const int>(std::stoi(std::string(snapshot)));
    }

    static int count_of(const domain::Folded& state) {
        return state ? *static_cast<const int*>(state.get()) : 0;
    }

  private:
    static std::string told(const domain::Asked& asked) {
        return '"' + asked.user_key() + (asked.has_role("clerk") ? " clerk " : " ") +
               std::to_string(asked.time.time_since_epoch() / std::chrono::seconds(1)) + ' ' +
               asked.command_id + ' ' + asked.entity + ' ' + std::to_string(asked.version.value) +
               ' ' + asked.correlation_id + '"';
    }

    std::string_view category_;
    mutable bool thrown_ = false;
};

}  // namespace kit

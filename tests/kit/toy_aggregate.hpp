#pragma once

#include "domain/kernel/aggregate.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace kit {

/// Counts. Its commands: `add` (one event), `add-two` (two), `nothing`, `refuse`, `throw`, and
/// `throw-once`, which works when it is tried again. An event of type "broken" cannot be folded.
class ToyAggregate final : public domain::Aggregate {
  public:
    std::string_view category() const override { return "toy"; }
    std::vector<std::string_view> commands() const override {
        return {"add", "add-two", "nothing", "refuse", "throw", "throw-once"};
    }
    std::optional<domain::Rejection> check(std::string_view, std::string_view) const override {
        return std::nullopt;
    }

    domain::Folded fold(domain::Folded from, std::span<const domain::EventEnvelope> events)
        const override {
        int count = count_of(from);
        for (const auto& event : events) {
            if (event.type == "broken") throw std::runtime_error("a broken event");
            ++count;
        }
        return std::make_shared<const int>(count);
    }

    domain::Result<domain::Decided>
    decide(std::string_view name, std::string_view, const domain::Folded& state) const override {
        if (name == "refuse") return domain::Rejection{"refused", "No."};
        if (name == "throw") throw std::runtime_error("thrown on purpose");
        if (name == "throw-once" && !std::exchange(thrown_, true)) {
            throw std::runtime_error("thrown once");
        }
        domain::Decided decided{{}, state};
        const int events = name == "nothing" ? 0 : name == "add-two" ? 2 : 1;
        decided.events.assign(static_cast<std::size_t>(events), {"added", "{}"});
        decided.state = std::make_shared<const int>(count_of(state) + events);
        return decided;
    }

    domain::Payload state(const domain::Folded& state) const override {
        return std::to_string(count_of(state));
    }

    static int count_of(const domain::Folded& state) {
        return state ? *static_cast<const int*>(state.get()) : 0;
    }

  private:
    mutable bool thrown_ = false;
};

}  // namespace kit

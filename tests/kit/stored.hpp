#pragma once

#include "tests/kit/aggregate_of.hpp"
#include "tests/kit/report.hpp"

#include <concepts>
#include <exception>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace kit {

template <class Variant>
inline constexpr bool all_comparable = false;
template <class... Each>
inline constexpr bool all_comparable<std::variant<Each...>> =
    (std::equality_comparable<Each> && ...);

/// Events on their way through the store: written as JSON, and read again.
template <domain::Decider D>
struct Stored {
    static_assert(
        all_comparable<typename D::Event>,
        "an event has no operator==, so nobody could tell what its JSON loses: add bool "
        "operator==(const Event&) const = default to it"
    );

    std::vector<NewEvent> json;
    std::vector<typename D::Event> events;  ///< as they come back
    std::string fault;                      ///< which event is not as it was, and where; or empty

    void add(const typename D::Event& event) {
        try {
            const auto& aggregate = aggregate_of<D>();
            NewEvent written = aggregate.encode(event);
            events.push_back(aggregate.decode(written));
            json.push_back(std::move(written));
            if (fault.empty() && !(events.back() == event))
                fault = lost(aggregate.encode(events.back()));
        } catch (const std::exception& error) {
            if (fault.empty()) fault = error.what();
        }
    }

  private:
    std::string lost(const NewEvent& again) const {
        std::string where = differences({json.back()}, {again});
        if (where.empty()) where = "its JSON does not hold all of it: " + in_lines({again});
        return "an event is another when it comes back from the store\n" + where;
    }
};

/// The state after them.
template <domain::Decider D>
typename D::State fold(typename D::State state, const std::vector<typename D::Event>& events) {
    for (const auto& event : events) state = D::evolve(std::move(state), event);
    return state;
}

/// The state as people see it.
template <domain::Decider D>
std::string state_json(const typename D::State& state) {
    return aggregate_of<D>().state(domain::Folded(domain::Folded{}, &state));
}

}  // namespace kit

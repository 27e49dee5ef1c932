#pragma once

#include "services/operations/what_if.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace services::operations {

/// Differences for people: those of a kind together, with how many they are and the first few.
class WhatIfReport {
  public:
    explicit WhatIfReport(std::size_t examples_max) : examples_max_(examples_max) {}

    void tell(const AnswerDifference& difference);
    void tell(const StateDifference& difference);

    /// Empty where nothing was told.
    std::string text() const;

  private:
    /// Of one kind.
    struct Group {
        std::int64_t count = 0;
        std::vector<std::string> examples{};  ///< a few lines each
    };
    /// Category, command, what it came to and what it would.
    using Kind = std::tuple<std::string, std::string, std::string, std::string>;

    void add(Group& group, std::string example) const;

    const std::size_t examples_max_;
    std::map<Kind, Group> answers_;
    std::map<std::string, Group> states_;  ///< by their categories
};

/// For programs, one line: {"command", "commandposition", "category", "entity", "name", "before",
/// "after", "events_before", "events_after"}, the events as {"type", "data"}.
std::string to_json(const AnswerDifference& difference);

/// {"category", "entity", "before", "after", "changed"}: the two ends as {"version", "state"}, or
/// with "unreadable" for a state, and the RFC 6902 patch of the one that makes it the other.
std::string to_json(const StateDifference& difference);

}  // namespace services::operations

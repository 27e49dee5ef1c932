#include "domain/kernel/aggregate.hpp"

#include <algorithm>

namespace domain {

const Aggregate* find_aggregate(std::span<const AggregatePtr> all, std::string_view category) {
    auto found = std::ranges::find_if(all, [&](const AggregatePtr& each) {
        return each->category() == category;
    });
    return found == all.end() ? nullptr : found->get();
}

}  // namespace domain

#include "domain/kernel/aggregate.hpp"

#include "domain/kernel/error.hpp"
#include "domain/kernel/names.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace domain {
namespace {

void check_commands(const Aggregate& aggregate) {
    const std::string of = " of the aggregate \"" + std::string(aggregate.category()) + "\"";
    std::set<std::string_view> seen;
    for (const std::string_view name : aggregate.commands()) {
        const std::string command = "the command \"" + std::string(name) + '"' + of;
        if (!is_message_name(name))
            throw SetupError(
                command + " cannot be in a URL: name it by letters, digits and \"._-\", 100 at most"
            );
        if (!seen.insert(name).second)
            throw SetupError(command + " is there twice: give each a name of its own");
    }
}

}  // namespace

std::vector<AggregatePtr> checked(std::vector<AggregatePtr> all) {
    std::set<std::string_view> seen;
    for (const auto& aggregate : all) {
        const std::string_view category = aggregate->category();
        const std::string name = "the category \"" + std::string(category) + '"';
        if (!is_category(category))
            throw SetupError(
                name +
                " cannot be in a topic's name: take letters, digits, \"_\" and \"-\", 100 at "
                "most, and not \"command\""
            );
        if (!seen.insert(category).second)
            throw SetupError("two aggregates have " + name + ": give each one of its own");
        check_commands(*aggregate);
    }
    return all;
}

const Aggregate* find_aggregate(std::span<const AggregatePtr> all, std::string_view category) {
    auto found = std::ranges::find_if(all, [&](const AggregatePtr& each) {
        return each->category() == category;
    });
    return found == all.end() ? nullptr : found->get();
}

}  // namespace domain

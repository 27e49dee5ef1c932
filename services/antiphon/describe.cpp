#include "services/antiphon/describe.hpp"

#include "domain/kernel/error.hpp"

#include <algorithm>
#include <iostream>

namespace services::antiphon {
namespace {

namespace contracts = gateway::contracts;

struct Format {
    const char* name;
    std::string (*text)(contracts::Aggregates, const Settings&);
};

constexpr Format formats[] = {
    {"text", [](contracts::Aggregates all, const Settings&) { return contracts::summary(all); }},
    {"openapi",
     [](contracts::Aggregates all, const Settings& settings) {
         return contracts::openapi(all, installation(settings));
     }},
    {"asyncapi",
     [](contracts::Aggregates all, const Settings& settings) {
         return contracts::asyncapi(all, installation(settings));
     }},
    {"json-schema",
     [](contracts::Aggregates all, const Settings&) { return contracts::json_schema(all); }},
    {"typescript",
     [](contracts::Aggregates all, const Settings&) { return contracts::typescript(all); }},
};

/// All, or the one of this category.
std::vector<domain::AggregatePtr> chosen(const std::string& category) {
    auto all = domain::all_aggregates();
    if (category.empty()) return all;
    std::string there;
    for (const auto& aggregate : all) there += ' ' + std::string(aggregate->category());
    std::erase_if(all, [&](const auto& each) { return each->category() != category; });
    if (all.empty())
        throw domain::SetupError("there is no aggregate " + category + ": there is" + there);
    return all;
}

}  // namespace

contracts::Installation installation(const Settings& settings) {
    return {
        .version = ANTIPHON_VERSION,
        .cookie_name = settings.auth.cookie_name,
        .topics = settings.topics};
}

std::vector<std::string> description_formats() {
    std::vector<std::string> names;
    for (const Format& format : formats) names.emplace_back(format.name);
    return names;
}

void describe(const Settings& settings) {
    const auto aggregates = chosen(settings.described.category);
    const auto is_it = [&](const Format& format) {
        return settings.described.format == format.name;
    };
    std::cout << std::ranges::find_if(formats, is_it)->text(aggregates, settings);
}

}  // namespace services::antiphon

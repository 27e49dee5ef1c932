#include "tests/kit/golden.hpp"

#include "domain/kernel/pieces.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace kit {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const GoldenEvent& event) {
    return {
        {"type", event.type},
        {"shape", event.shape},
        {"data", ordered_json::parse(event.data)},
    };
}

}  // namespace

GoldenEvents::GoldenEvents(const std::string& text) {
    if (text.empty()) return;
    for (const auto& event : ordered_json::parse(text))
        events_.push_back({event.at("type"), event.at("shape"), event.at("data").dump()});
}

std::string GoldenEvents::text() const {
    std::string text;
    for (const GoldenEvent& event : events_)
        text += (text.empty() ? "[\n  " : ",\n  ") + json_of(event).dump();
    return text.empty() ? "[]\n" : text + "\n]\n";
}

bool GoldenEvents::knows(const domain::EventShape& event) const {
    return std::ranges::any_of(events_, [&](const GoldenEvent& golden) {
        return golden.type == event.type && golden.shape == event.shape;
    });
}

std::size_t GoldenEvents::add_new(const domain::Aggregate& aggregate) {
    const std::size_t before = events_.size();
    for (const auto& event : aggregate.events()) {
        if (knows(event)) continue;
        for (const auto& sample : event.samples)
            events_.push_back({event.type, event.shape, sample});
    }
    return events_.size() - before;
}

std::vector<std::string>
GoldenEvents::faults(const domain::Aggregate& aggregate, const std::string& name) const {
    std::vector<std::string> faults;
    for (const auto& event : aggregate.events()) {
        if (knows(event)) continue;
        faults.push_back(
            "event " + event.type + " is new or has another shape now, " + event.shape +
            ", and no golden event has it. If that is meant, run: dev/golden " + name
        );
    }
    for (const auto& [type, shape, data] : events_) {
        const auto thrown = domain::thrown_by([&] { aggregate.read(type, data); });
        if (!thrown) continue;
        faults.push_back(
            "stored events like " + type + ' ' + data + " can no longer be read: " + *thrown +
            " Give a new field a default, otherwise(...), or make it a std::optional; or say in "
            "history<...> what such events mean now: see docs/HISTORY.md"
        );
    }
    return faults;
}

}  // namespace kit

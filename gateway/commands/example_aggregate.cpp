#include "gateway/commands/example_aggregate.hpp"

#include <nlohmann/json.hpp>

namespace gateway::commands::testing {
namespace {

using nlohmann::json;

class CounterAggregate : public domain::Aggregate {
  public:
    std::string_view category() const override { return "counter"; }
    std::vector<std::string_view> commands() const override { return {"add", "reset"}; }

    std::optional<domain::Rejection> check(std::string_view name, std::string_view data)
        const override {
        const json body = json::parse(data, nullptr, false);
        if (name == "reset" || (body.is_object() && body.contains("by"))) return std::nullopt;
        return domain::Rejection{
            "invalid-command",
            "The command lacks a field.",
            {{"/by", "missing", "It is missing."}}};
    }

    domain::Folded fold(domain::Folded from, std::span<const domain::EventEnvelope> events)
        const override {
        int sum = from == nullptr ? 0 : *static_cast<const int*>(from.get());
        for (const auto& event : events) sum += json::parse(event.data).at("by").get<int>();
        return std::make_shared<int>(sum);
    }

    domain::Allowed may(std::string_view name, const domain::Asked& asked) const override {
        return domain::allowed_if(name != "reset" || asked.has_role("keeper"));
    }
    bool may(std::string_view, const domain::Folded&, const domain::Asked&) const override {
        return true;
    }
    bool may_read(const domain::Folded& state, const domain::Asked& asked) const override {
        if (asked.user.subject == "heir") return state && *static_cast<const int*>(state.get()) > 2;
        return asked.user.subject != "eve";
    }

    domain::Result<domain::Decided>
    decide(std::string_view, std::string_view, const domain::Folded&, const domain::Asked&)
        const override {
        return domain::Rejection{"not-needed", "No spec of the edge decides."};
    }

    domain::Payload state(const domain::Folded& state) const override {
        return std::to_string(*static_cast<const int*>(state.get()));
    }
    std::string state_form() const override { return "1"; }
    domain::Payload snapshot(const domain::Folded& state) const override {
        return this->state(state);
    }
    domain::Folded restore(std::string_view snapshot) const override {
        return std::make_shared<int>(std::stoi(std::string(snapshot)));
    }
};

}  // namespace

std::vector<domain::AggregatePtr> counters() {
    std::vector<domain::AggregatePtr> all;
    all.push_back(std::make_unique<CounterAggregate>());
    return all;
}

}  // namespace gateway::commands::testing

#pragma once

#include "domain/kernel/aggregate.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace simulation {

/// The account of a build that does the same and keeps its states in another form. Who takes one
/// for the other believes in another balance.
class OtherAccount final : public domain::Aggregate {
  public:
    explicit OtherAccount(domain::AggregatePtr account) : account_(std::move(account)) {}

    std::string_view category() const override { return account_->category(); }
    std::vector<std::string_view> commands() const override { return account_->commands(); }
    std::optional<domain::Rejection> check(std::string_view name, std::string_view data)
        const override {
        return account_->check(name, data);
    }
    domain::Folded fold(domain::Folded from, std::span<const domain::EventEnvelope> events)
        const override {
        return account_->fold(std::move(from), events);
    }
    domain::Allowed may(std::string_view name, const domain::Asked& asked) const override {
        return account_->may(name, asked);
    }
    bool may(std::string_view name, const domain::Folded& state, const domain::Asked& asked)
        const override {
        return account_->may(name, state, asked);
    }
    bool may_read(const domain::Folded& state, const domain::Asked& asked) const override {
        return account_->may_read(state, asked);
    }
    domain::Result<domain::Decided> decide(
        std::string_view name,
        std::string_view data,
        const domain::Folded& state,
        const domain::Asked& asked
    ) const override {
        return account_->decide(name, data, state, asked);
    }
    domain::Payload state(const domain::Folded& state) const override {
        return account_->state(state);
    }

    std::string state_form() const override { return account_->state_form() + "-other"; }
    domain::Payload snapshot(const domain::Folded& state) const override {
        return richer(account_->snapshot(state), 100'000);
    }
    domain::Folded restore(std::string_view snapshot) const override {
        return account_->restore(richer(snapshot, -100'000));
    }

  private:
    static std::string richer(std::string_view snapshot, std::int64_t cents) {
        auto json = nlohmann::ordered_json::parse(snapshot);
        auto& balance = json.at("balance_cents");
        balance = balance.get<std::int64_t>() + cents;
        return json.dump();
    }

    domain::AggregatePtr account_;
};

}  // namespace simulation

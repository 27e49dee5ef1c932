#include "domain/kernel/aggregate.hpp"

#include <utility>

// The account, which takes a fee of 3 cents for each withdrawal, FEES times: as a withdrawal of its
// own, so that no event is new.
namespace domain {

AggregatePtr account_aggregate();

namespace {

class AccountWithFee final : public Aggregate {
  public:
    std::string_view category() const override { return account_->category(); }
    std::vector<std::string_view> commands() const override { return account_->commands(); }
    std::optional<Rejection> check(std::string_view name, std::string_view data) const override {
        return account_->check(name, data);
    }
    Contract contract(std::string_view home) const override { return account_->contract(home); }
    std::vector<EventShape> events() const override { return account_->events(); }
    void read(std::string_view type, std::string_view data) const override {
        account_->read(type, data);
    }
    Folded fold(Folded from, std::span<const EventEnvelope> events) const override {
        return account_->fold(std::move(from), events);
    }
    Allowed may(std::string_view name, const Asked& asked) const override {
        return account_->may(name, asked);
    }
    bool may(std::string_view name, const Folded& state, const Asked& asked) const override {
        return account_->may(name, state, asked);
    }
    bool may_read(const Folded& state, const Asked& asked) const override {
        return account_->may_read(state, asked);
    }
    Result<Decided> decide(
        std::string_view name,
        std::string_view data,
        const Folded& state,
        const Asked& asked
    ) const override {
        auto withdrawn = account_->decide(name, data, state, asked);
        if (name != "withdraw" || !withdrawn || withdrawn->events.empty()) return withdrawn;
        Decided all = *withdrawn;
        for (int i = 0; i < FEES; ++i) {
            const auto fee = account_->decide(name, R"({"cents":3})", all.state, asked);
            if (!fee) return fee.error();
            all.events.push_back(fee->events.front());
            all.state = fee->state;
        }
        return all;
    }
    Payload state(const Folded& state) const override { return account_->state(state); }
    std::string state_form() const override { return account_->state_form(); }
    Payload snapshot(const Folded& state) const override { return account_->snapshot(state); }
    Folded restore(std::string_view snapshot) const override { return account_->restore(snapshot); }

  private:
    AggregatePtr account_ = account_aggregate();
};

}  // namespace

std::vector<AggregatePtr> all_aggregates() {
    std::vector<AggregatePtr> all;
    all.push_back(std::make_unique<AccountWithFee>());
    return all;
}

}  // namespace domain

#pragma once

#include "domain/kernel/decider.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace kit {

/// given(events).when(command).then(events) for any Decider.
template <domain::Decider D>
class Given {
  public:
    template <class... Events>
    explicit Given(Events... events) {
        ((state_ = D::evolve(std::move(state_), std::move(events))), ...);
    }

    Given& when(const typename D::Command& command) {
        decision_ = D::decide(command, state_);
        return *this;
    }

    template <class... Events>
    void then(Events... expected) const {
        ASSERT_TRUE(decision_.has_value()) << "rejected: " << decision_.error().code;
        EXPECT_EQ(*decision_, std::vector<typename D::Event>({std::move(expected)...}));
    }

    void then_nothing() const { then(); }

    void then_rejected(std::string_view code) const {
        ASSERT_FALSE(decision_.has_value()) << "accepted";
        EXPECT_EQ(decision_.error().code, code);
    }

  private:
    typename D::State state_{};
    domain::Decision<typename D::Event> decision_ =
        domain::Rejection{"not-run", "when() was not called"};
};

}  // namespace kit

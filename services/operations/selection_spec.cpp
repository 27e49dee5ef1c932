#include "services/operations/selection.hpp"

#include <gtest/gtest.h>

namespace services::operations {
namespace {

using namespace std::chrono_literals;

domain::EventEnvelope deposited() {
    domain::EventEnvelope event;
    event.position = {7};
    event.stream = {"account", "42"};
    event.type = "deposited";
    event.time = domain::Timestamp(100s);
    event.issuer.subject = "ann";
    return event;
}

const domain::EventEnvelope event = deposited();

TEST(SelectionSpec, SaysNothingAndHoldsAll) { EXPECT_TRUE(Selection{}.holds(event)); }

TEST(SelectionSpec, HoldsWhatAgreesWithAllThatIsSaid) {
    const Selection all{
        .category = "account",
        .entity = "42",
        .user = "ann",
        .types = {"opened", "deposited"},
        .after = {6},
        .up_to = domain::Position{7},
        .from = domain::Timestamp(100s),
        .before = domain::Timestamp(101s),
    };
    EXPECT_TRUE(all.holds(event));
    const auto but = [&](auto change) {
        Selection other = all;
        change(other);
        return other.holds(event);
    };
    EXPECT_FALSE(but([](Selection& s) { s.category = "invoice"; }));
    EXPECT_FALSE(but([](Selection& s) { s.entity = "4"; }));
    EXPECT_FALSE(but([](Selection& s) { s.user = "bob"; }));
    EXPECT_FALSE(but([](Selection& s) { s.types = {"opened"}; }));
    EXPECT_FALSE(but([](Selection& s) { s.after = {7}; }));
    EXPECT_FALSE(but([](Selection& s) { s.up_to = domain::Position{6}; }));
    EXPECT_FALSE(but([](Selection& s) { s.from = domain::Timestamp(100s + 1us); }));
    EXPECT_FALSE(but([](Selection& s) { s.before = domain::Timestamp(100s); }));
}

}  // namespace
}  // namespace services::operations

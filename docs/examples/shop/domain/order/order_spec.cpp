#include "domain/order/order.hpp"
#include "tests/kit/given.hpp"
#include "tests/kit/properties.hpp"

namespace domain::order {

using Given = kit::Given<Order>;

constexpr const char* clerk = R"({"roles":["clerk"]})";
const LineAdded tea{"tea", 2, "user-1"};  // by whoever asks unless said
const LineAdded cup{"cup", 1, "user-1"};
const Placed placed{3};
const Shipped shipped{"parcel-7"};

TEST(Order, IsFilledByItsCustomer) {
    Given{}.when(AddLine{"tea", 2}).then(tea);
    Given{tea}.when(AddLine{"cup", 1}).then(cup);
    Given{tea}.when(AddLine{"tea", 2}).then_nothing();
    Given{tea}.when(AddLine{"tea", 3}).then_rejected("already-there");
    Given{tea}.by("eve").when(AddLine{"cup", 1}).then_forbidden();
    Given{tea, cup, placed}.when(AddLine{"pot", 1}).then_rejected("not-open");
}

TEST(Order, IsPlacedOnce) {
    Given{tea, cup}.when(Place{}).then(placed);
    Given{tea, cup, placed}.when(Place{}).then_nothing();
    Given{tea, Cancelled{}}.when(Place{}).then_rejected("not-open");
    Given{tea}.by("eve").when(Place{}).then_forbidden();
}

TEST(Order, IsShippedByAClerkAndItsCustomerHearsOfIt) {
    Given{tea, cup, placed}
        .by("cleo", clerk)
        .when(Ship{"parcel-7"})
        .then(shipped)
        .hears({"user-1"});
    Given{tea, cup, placed, shipped}.by("cleo", clerk).when(Ship{"parcel-7"}).then_nothing();
    Given{tea}.by("cleo", clerk).when(Ship{"parcel-7"}).then_rejected("not-placed");
    Given{tea, cup, placed}.when(Ship{"parcel-7"}).then_forbidden();
}

TEST(Order, IsCancelledUntilItIsShipped) {
    Given{tea, cup, placed}.when(Cancel{}).then(Cancelled{});
    Given{tea, Cancelled{}}.when(Cancel{}).then_nothing();
    Given{tea, cup, placed, shipped}.when(Cancel{}).then_rejected("already-shipped");
}

TEST(Order, IsReadByItsCustomerAndClerks) {
    EXPECT_TRUE(Given{tea}.readable());
    EXPECT_TRUE(Given{tea}.by("cleo", clerk).readable());
    EXPECT_FALSE(Given{tea}.by("eve").readable());
}

TEST(Order, HasNothingNewInACommandThatIsSentAgain) {
    kit::AnyHistory<Order>{}
        .by({{"user-1", "{}"}, {"cleo", clerk}})
        .keeps("at most 50 lines", [](const auto& state) { return state.lines.size() <= 50; })
        .idempotent<AddLine, Place, Ship, Cancel>()
        .holds();
}

}  // namespace domain::order

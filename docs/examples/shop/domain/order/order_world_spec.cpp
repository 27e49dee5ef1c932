#include "tests/kit/world.hpp"

#include <gtest/gtest.h>

namespace domain::order {

using kit::Heards;

TEST(OrderInTheWorld, ReachesItsCustomerWhereAClerkShipsIt) {
    kit::World world;
    auto ada = world.user("ada"), eve = world.user("eve");
    auto cleo = world.user("cleo", R"({"roles":["clerk"]})");
    EXPECT_EQ(ada.post("order/7/add-line", R"({"article":"tea","quantity":2})").status, 202);
    EXPECT_EQ(ada.post("order/7/place", "{}").status, 202);
    EXPECT_EQ(
        ada.hears(),
        (Heards{
            {"7", "line-added", R"({"article":"tea","quantity":2,"customer":"ada"})"},
            {"7", "placed", R"({"pieces":2})"}})
    );

    EXPECT_EQ(eve.post("order/7/ship", R"({"parcel":"p-1"})").status, 403);
    world.crash();
    EXPECT_EQ(cleo.post("order/7/ship", R"({"parcel":"p-1"})").status, 202);
    const Heards shipped{{"7", "shipped", R"({"parcel":"p-1"})"}};
    EXPECT_EQ(ada.hears(), shipped);
    EXPECT_EQ(cleo.hears(), shipped);
    EXPECT_EQ(eve.hears(), Heards{});
}

}  // namespace domain::order

#include "domain/kernel/access.hpp"

#include <gtest/gtest.h>

namespace domain {
namespace {

struct State {
    std::string owner;
};
bool owns(const State& state, const Asked& asked) { return state.owner == asked.user.subject; }

Asked user(std::string subject, std::string claims = "{}") {
    Asked asked;
    asked.user = {std::move(subject), std::move(claims)};
    return asked;
}

const Asked ada = user("ada");
const Asked eve = user("eve");
const Asked clerk = user("cleo", R"({"roles":["clerk"],"scope":"read write"})");
const State adas{"ada"};
const State* const unknown = nullptr;

TEST(Access, OfAnyoneNeedsNothing) {
    EXPECT_EQ(anyone()(eve, unknown), Allowed::yes);
    EXPECT_EQ(anyone()(eve, &adas), Allowed::yes);
}

TEST(Access, ByClaimsIsKnownWithoutTheState) {
    EXPECT_EQ(role("clerk")(clerk, unknown), Allowed::yes);
    EXPECT_EQ(role("clerk")(ada, unknown), Allowed::no);
    EXPECT_EQ(scope("write")(clerk, unknown), Allowed::yes);
    EXPECT_EQ(scope("delete")(clerk, &adas), Allowed::no);
}

TEST(Access, ByTheStateDependsOnIt) {
    EXPECT_EQ(only_if(owns)(ada, unknown), Allowed::depends);
    EXPECT_EQ(only_if(owns)(ada, &adas), Allowed::yes);
    EXPECT_EQ(only_if(owns)(eve, &adas), Allowed::no);
}

TEST(Access, NeedsBoth) {
    const auto both = role("clerk") && only_if(owns);
    EXPECT_EQ(both(ada, unknown), Allowed::no);
    EXPECT_EQ(both(clerk, unknown), Allowed::depends);
    EXPECT_EQ(both(clerk, &adas), Allowed::no);
    EXPECT_EQ((only_if(owns) && role("clerk"))(ada, unknown), Allowed::no);
    EXPECT_EQ((only_if(owns) && anyone())(ada, &adas), Allowed::yes);
}

TEST(Access, NeedsEither) {
    const auto either = only_if(owns) || role("clerk");
    EXPECT_EQ(either(clerk, unknown), Allowed::yes);
    EXPECT_EQ(either(eve, unknown), Allowed::depends);
    EXPECT_EQ(either(eve, &adas), Allowed::no);
    EXPECT_EQ(either(ada, &adas), Allowed::yes);
    EXPECT_EQ((role("clerk") || role("boss"))(eve, unknown), Allowed::no);
}

struct Read {};
struct Write {};
struct Erase {};

TEST(Access, IsOneRuleForEachCommand) {
    constexpr auto rules = access(allow<Read, Write>(anyone()), allow<Erase>(role("clerk")));
    EXPECT_EQ(rules.may<Write>(eve, unknown), Allowed::yes);
    EXPECT_EQ(rules.may<Erase>(eve, unknown), Allowed::no);
    EXPECT_EQ(rules.may<Erase>(clerk, unknown), Allowed::yes);
    EXPECT_EQ(rules.may<State>(clerk, unknown), Allowed::no) << "no rule allows it";
}

}  // namespace
}  // namespace domain

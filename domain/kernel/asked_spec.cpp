#include "domain/kernel/asked.hpp"

#include <gtest/gtest.h>

#include <set>

namespace domain {
namespace {

Asked with_claims(std::string claims, ClaimNames names = {}) {
    Asked asked;
    asked.user.claims = std::move(claims);
    asked.claim_names = std::move(names);
    return asked;
}

TEST(Asked, HasTheRolesThatItsClaimSays) {
    for (const char* claims :
         {R"({"roles":["clerk","admin"]})", R"({"roles":"clerk"})", R"({"roles":[1,"clerk"]})"})
        EXPECT_TRUE(with_claims(claims).has_role("clerk")) << claims;
    for (const char* claims :
         {"{}",
          "",
          "[\"clerk\"]",
          "no JSON",
          R"({"roles":[]})",
          R"({"roles":null})",
          R"({"roles":{"clerk":true}})",
          R"({"roles":["clerks"]})",
          R"({"roles":["Clerk"]})",
          R"({"roles":"clerk admin"})",
          R"({"roles":[["clerk"]]})",
          R"({"role":["clerk"]})",
          R"({"scope":"clerk"})"})
        EXPECT_FALSE(with_claims(claims).has_role("clerk")) << claims;
}

TEST(Asked, FindsItsRolesWhereAnInstallationHasThem) {
    const ClaimNames nested{.roles = "realm_access.roles"};
    EXPECT_TRUE(with_claims(R"({"realm_access":{"roles":["clerk"]}})", nested).has_role("clerk"));
    EXPECT_TRUE(with_claims(R"({"realm_access.roles":["clerk"]})", nested).has_role("clerk"));
    EXPECT_FALSE(with_claims(R"({"roles":["clerk"]})", nested).has_role("clerk"));
    EXPECT_FALSE(with_claims(R"({"realm_access":"roles"})", nested).has_role("clerk"));
    const ClaimNames url{.roles = "https://shop.example/roles"};
    EXPECT_TRUE(with_claims(R"({"https://shop.example/roles":"clerk"})", url).has_role("clerk"));
}

TEST(Asked, HasTheScopesThatItsClaimSays) {
    for (const char* claims :
         {R"({"scope":"read write"})", R"({"scope":"write"})", R"({"scope":["read","write"]})"})
        EXPECT_TRUE(with_claims(claims).has_scope("write")) << claims;
    for (const char* claims :
         {"{}", R"({"scope":"writer read"})", R"({"scope":"re write2"})", R"({"scope":""})"})
        EXPECT_FALSE(with_claims(claims).has_scope("write")) << claims;
    EXPECT_FALSE(with_claims(R"({"scope":"a  b"})").has_scope("c"));
}

TEST(Asked, TellsClaimsThatAreText) {
    const Asked asked = with_claims(R"({"email":"ada@example.org","age":36})");
    EXPECT_EQ(asked.claim("email"), "ada@example.org");
    EXPECT_EQ(asked.claim("age"), std::nullopt);
    EXPECT_EQ(asked.claim("name"), std::nullopt);
}

TEST(Asked, DrawsTheSameIdsAgain) {
    Asked asked;
    asked.command_id = "0189c8c4-0d10-7a3e-8f4a-9a51d7a1e001";
    std::set<std::string> ids;
    for (std::size_t n = 0; n < 1'000; ++n) ids.insert(asked.new_id(n));
    EXPECT_EQ(ids.size(), 1'000u);
    EXPECT_EQ(asked.new_id(), asked.new_id(0));
    EXPECT_EQ(asked.new_id(1), "3a237beb-3f3c-5e16-958d-337e8570b31b");
    asked.command_id.back() = '2';
    EXPECT_FALSE(ids.contains(asked.new_id()));
}

}  // namespace
}  // namespace domain

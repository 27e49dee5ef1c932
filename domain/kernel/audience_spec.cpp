#include "domain/kernel/audience.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace domain {
namespace {

using Users = std::vector<std::string>;

TEST(Audience, IsEachUserOnceAndNotWhoSentTheCommand) {
    const Asked ada{.user = {"ada", "{}", "idp"}};
    EXPECT_EQ(audience({"bob", "idp ada", "ada", "bob", ""}, ada), (Users{"ada", "bob"}));
    EXPECT_EQ(audience({}, ada), Users{});
    EXPECT_EQ(audience({"idp ada"}, ada), Users{});
}

TEST(Audience, IsOfUsersWhoCanBe) {
    const std::string longest(511, 'a');
    EXPECT_EQ(audience({longest}, {}), Users{longest});
    EXPECT_EQ(audience({"https://idp.example Zoë"}, {}), Users{"https://idp.example Zoë"});
    for (const std::string& user :
         {longest + 'a',
          std::string("a\nb"),
          std::string("a\0b", 3),
          std::string("a\x7f"),
          std::string("a\xc2\x85"),
          std::string("\xff")})
        EXPECT_THROW(audience({user}, {}), std::runtime_error) << user;
}

}  // namespace
}  // namespace domain

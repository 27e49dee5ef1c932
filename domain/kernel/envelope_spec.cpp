#include "domain/kernel/envelope.hpp"

#include <gtest/gtest.h>

#include <set>

namespace domain {

TEST(UserKey, IsTheSubjectWhereTokensNameNoIssuer) {
    EXPECT_EQ(user_key({"ada"}), "ada");
    EXPECT_EQ(user_key({"ada", "{}", "https://idp.example"}), "https://idp.example ada");
}

TEST(UserKey, IsAnotherForEachUserAndTellsWhoItIs) {
    std::set<std::string> keys;
    for (const char* issuer : {"", "a", "b", "a-b"}) {
        for (const char* subject : {"a", "b", "a b", " a", "a ", "a a b", " ", "  "}) {
            const Issuer user{subject, "{}", issuer};
            EXPECT_TRUE(keys.insert(user_key(user)).second) << issuer << '/' << subject;
            EXPECT_EQ(user_of(user_key(user)), user) << issuer << '/' << subject;
        }
    }
}

}  // namespace domain

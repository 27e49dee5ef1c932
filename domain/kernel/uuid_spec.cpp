#include "domain/kernel/uuid.hpp"

#include <gtest/gtest.h>

namespace domain {

TEST(Uuid, IsReadInAnyCaseAndWrittenInLowerCase) {
    const std::string text = "28737dbe-680a-5b98-b67f-5101cd22b053";
    const auto uuid = parse_uuid("28737DBE-680A-5b98-B67F-5101CD22B053");
    ASSERT_TRUE(uuid);
    EXPECT_EQ(to_string(*uuid), text);
    EXPECT_EQ(parse_uuid(text), uuid);
    EXPECT_EQ(uuid->bytes[0], 0x28);
    EXPECT_EQ(uuid->bytes[15], 0x53);
}

TEST(Uuid, IsNilAtFirst) {
    EXPECT_EQ(to_string(Uuid{}), "00000000-0000-0000-0000-000000000000");
    EXPECT_LT(Uuid{}, *parse_uuid("00000000-0000-0000-0000-000000000001"));
}

TEST(Uuid, IsNothingElse) {
    for (auto text :
         {"",
          "28737dbe680a5b98b67f5101cd22b053",
          "{28737dbe-680a-5b98-b67f-5101cd22b053}",
          "urn:uuid:28737dbe-680a-5b98-b67f-5101cd22b053",
          "28737dbe-680a-5b98-b67f-5101cd22b05",
          "28737dbe-680a-5b98-b67f-5101cd22b0533",
          "28737dbe-680a-5b98-b67f-5101cd22b05g",
          "28737dbe-680a-5b98-b67f-5101cd22b05-",
          "28737dbe_680a_5b98_b67f_5101cd22b053",
          "28737dbe-680a5-b98-b67f-5101cd22b053"})
        EXPECT_EQ(parse_uuid(text), std::nullopt) << text;
}

}  // namespace domain

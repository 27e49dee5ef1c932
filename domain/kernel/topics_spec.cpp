#include "domain/kernel/error.hpp"
#include "domain/kernel/names.hpp"
#include "domain/kernel/topics.hpp"

#include <gtest/gtest.h>

namespace domain {

TEST(Topics, AreNamedAfterTheirCategory) {
    Topics topics{"prod"};
    EXPECT_EQ(topics.commands("account"), "prod.commands.account");
    EXPECT_EQ(topics.events("account"), "prod.events.account");
    EXPECT_EQ(topics.replies(), "prod.replies");
    EXPECT_EQ(topics.dead_letters(), "prod.dead-letters");
}

TEST(Topics, BeginWithWhatKafkaTakes) {
    for (auto prefix : {std::string("antiphon"), std::string("a.b_c-9"), std::string(138, 'p')}) {
        EXPECT_NO_THROW(Topics{prefix}.check());
        EXPECT_LE(Topics{prefix}.commands(std::string(name_bytes_max, 'c')).size(), 249u);
    }
    for (auto prefix :
         {std::string(),
          std::string("a/b"),
          std::string("ä"),
          std::string("a b"),
          std::string(139, 'p')})
        EXPECT_THROW(Topics{prefix}.check(), SetupError) << prefix;
}

TEST(Topics, TellTheCategoryOfCommandTopicsOnly) {
    Topics topics{"prod"};
    EXPECT_EQ(topics.category_of_commands("prod.commands.account"), "account");
    EXPECT_EQ(topics.category_of_commands("prod.commands."), "");
    EXPECT_EQ(topics.category_of_commands("prod.events.account"), std::nullopt);
    EXPECT_EQ(topics.category_of_commands("other.commands.account"), std::nullopt);
}

TEST(Topics, TellOursFromOthers) {
    const Topics topics{"prod"};
    for (const auto& ours :
         {topics.commands("a"), topics.events("a"), topics.replies(), topics.dead_letters()})
        EXPECT_TRUE(topics.is_ours(ours)) << ours;
    EXPECT_FALSE(topics.is_ours("prod.reports"));
    EXPECT_FALSE(topics.is_ours("other.replies"));
}

TEST(Topics, HashKeysAsJavaDoes) {
    // Those of Kafka's own UtilsTest, without their sign bit.
    auto positive = [](std::int32_t hash) { return hash & 0x7fffffff; };
    EXPECT_EQ(key_hash("21"), positive(-973932308));
    EXPECT_EQ(key_hash("foobar"), positive(-790332482));
    EXPECT_EQ(key_hash("a-little-bit-long-string"), positive(-985981536));
    EXPECT_EQ(key_hash("a-little-bit-longer-string"), positive(-1486304829));
    EXPECT_EQ(key_hash("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8"), positive(-58897971));
    EXPECT_EQ(key_hash("abc"), 479470107);
}

TEST(Topics, PutEveryKeyInSomePartition) {
    for (std::string key : {"", "a", "\xff\xfe\xfd", "42"}) {
        EXPECT_GE(partition_of(key, 8), 0) << key;
        EXPECT_LT(partition_of(key, 8), 8) << key;
    }
    EXPECT_EQ(partition_of("abc", 8), 479470107 % 8);
}

}  // namespace domain

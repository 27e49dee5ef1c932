#include "domain/kernel/chain.hpp"
#include "domain/kernel/cursor.hpp"

#include <gtest/gtest.h>

namespace domain {

TEST(Cursor, ComesBackAsItWasWritten) {
    for (const Cursor& cursor : {Cursor{1, {0}}, {1, {42}}, {7, {9223372036854775807}}})
        EXPECT_EQ(parse_cursor(to_string(cursor)), cursor);
    EXPECT_EQ(to_string(Cursor{1, {42}}), "1-42");
}

TEST(Cursor, HasOneSpelling) {
    for (auto text :
         {"",
          "-",
          "1",
          "1-",
          "-1",
          "0-1",
          "1--1",
          "01-1",
          "1-01",
          "1-+1",
          " 1-1",
          "1-1 ",
          "1-1-1",
          "-1-1",
          "1-9223372036854775808",
          "a-b",
          "1-4.0",
          "null"})
        EXPECT_EQ(parse_cursor(text), std::nullopt) << text;
}

TEST(Chain, TakesWhatIsNextAndDropsWhatWasTakenAndSeesEveryGap) {
    EXPECT_EQ(chain_step({5}, {1, {7}, {5}}), ChainStep::next);
    EXPECT_EQ(chain_step({6}, {1, {7}, {5}}), ChainStep::next) << "6 is of another partition";
    EXPECT_EQ(chain_step({7}, {1, {7}, {5}}), ChainStep::repeat);
    EXPECT_EQ(chain_step({9}, {1, {7}, {5}}), ChainStep::repeat);
    EXPECT_EQ(chain_step({4}, {1, {7}, {5}}), ChainStep::gap);
    EXPECT_EQ(chain_step({0}, {1, {1}, {0}}), ChainStep::next);
}

}  // namespace domain

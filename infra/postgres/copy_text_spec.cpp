#include "infra/postgres/copy_text.hpp"

#include <gtest/gtest.h>

namespace infra::postgres {
namespace {

TEST(CopyRow, TakesALineApart) {
    CopyRow row;
    row.split("1\ta b\t\\N\tt\t\t-7");
    ASSERT_EQ(row.size(), 6u);
    EXPECT_EQ(row.number(0), 1);
    EXPECT_EQ(row.text(1), "a b");
    EXPECT_TRUE(row.is_null(2));
    EXPECT_FALSE(row.is_null(1));
    EXPECT_TRUE(row.truth(3));
    EXPECT_EQ(row.text(4), "");
    EXPECT_EQ(row.number(5), -7);
    EXPECT_THROW(row.number(1), std::invalid_argument);
    row.split("x");
    EXPECT_EQ(row.size(), 1u);
}

TEST(CopyRow, TakesEscapesBack) {
    CopyRow row;
    row.split(R"(\\N	a\tb\nc\rd\\	\b\f\v	{"a":"\\u0041\\"})");
    EXPECT_EQ(row.text(0), "\\N");
    EXPECT_FALSE(row.is_null(0));
    EXPECT_EQ(row.text(1), "a\tb\nc\rd\\");
    EXPECT_EQ(row.text(2), "\b\f\v");
    EXPECT_EQ(row.text(3), R"({"a":"\u0041\"})");
}

}  // namespace
}  // namespace infra::postgres

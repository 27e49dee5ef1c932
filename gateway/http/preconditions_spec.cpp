#include "gateway/http/preconditions.hpp"

#include <gtest/gtest.h>

namespace gateway::http {
namespace {

using Tags = std::vector<std::string_view>;

TEST(Preconditions, AreTags) {
    EXPECT_EQ(read_tags("\"7\"")->tags, (Tags{"7"}));
    EXPECT_EQ(read_tags(" \"7\" ,W/\"8\",,\"a,b\" ")->tags, (Tags{"7", "8", "a,b"}));
    EXPECT_EQ(read_tags("\"\"")->tags, (Tags{""}));
}

TEST(Preconditions, AreTagsThatAProxyMayHaveChanged) {
    for (const char* tag :
         {"\"7\"",
          "W/\"7\"",
          "\"7-gzip\"",
          "W/\"7-br\"",
          "\"7-zstd\"",
          "\"7--gzip\"",
          "\"7-deflate\""})
        EXPECT_EQ(read_tags(tag)->tags, (Tags{"7"})) << tag;
    EXPECT_EQ(read_tags("\"7-zip\"")->tags, (Tags{"7-zip"}));
}

TEST(Preconditions, AreRefusedWhenTheyCannotBeRead) {
    for (const char* value :
         {"",
          " ",
          ",",
          "7",
          "\"7",
          "7\"",
          "w/\"7\"",
          "W/7",
          "\"7\" \"8\"",
          "*, \"7\"",
          "\"7\", *",
          "**",
          "\"7\";x",
          "\"a b\"",
          "'7'"})
        EXPECT_FALSE(read_tags(value)) << value;
    EXPECT_TRUE(read_tags("*")->any);
    EXPECT_TRUE(read_tags(" * ")->any);
}

int status(Fields headers, std::string_view tag = "7") {
    const auto answer = unmet_precondition({.headers = std::move(headers)}, tag);
    return answer ? answer->status : 200;
}

TEST(Preconditions, DecideOnGet) {
    EXPECT_EQ(status({}), 200);
    for (const char* value : {"\"7\"", "W/\"7\"", "\"6\", W/\"7\"", "*", "\"7-gzip\""}) {
        EXPECT_EQ(status({{"if-none-match", value}}), 304) << value;
        EXPECT_EQ(status({{"if-match", value}}), 200) << value;
    }
    for (const char* value : {"\"6\"", "\"07\"", "\"\"", "\"5\", \"6\""}) {
        EXPECT_EQ(status({{"if-none-match", value}}), 200) << value;
        EXPECT_EQ(status({{"if-match", value}}), 412) << value;
    }
    EXPECT_EQ(status({{"if-match", "\"6\""}, {"if-none-match", "\"7\""}}), 412);
    EXPECT_EQ(status({{"if-match", "7"}}), 400);
    EXPECT_EQ(status({{"if-none-match", "7"}}), 400);
}

TEST(Preconditions, OfTimeAreLeftOutWhereThereIsNone) {
    constexpr const char* date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (const char* name : {"if-modified-since", "if-unmodified-since", "if-range"})
        EXPECT_EQ(status({{name, date}}), 200) << name;
    EXPECT_EQ(status({{"if-modified-since", date}, {"if-none-match", "\"7\""}}), 304);
}

TEST(Preconditions, ThatNobodyKnowsAreNotLeftOut) {
    EXPECT_EQ(status({{"if", "(<urn:x>)"}}), 400);
    EXPECT_EQ(status({{"if-schedule-tag-match", "\"7\""}}), 400);
}

TEST(Preconditions, OfWhatHasNoTag) {
    EXPECT_EQ(status({{"if-match", "\"7\""}}, {}), 412);
    EXPECT_EQ(status({{"if-match", "\"\""}}, {}), 412);
    EXPECT_EQ(status({{"if-match", "*"}}, {}), 200);
    EXPECT_EQ(status({{"if-none-match", "\"7\""}}, {}), 200);
    EXPECT_EQ(status({{"if-none-match", "*"}}, {}), 304);
}

TEST(Preconditions, CountWhereTheAnswerIsASuccess) {
    const Request known{.headers = {{"if-none-match", "\"7\""}}};
    const Response tagged{.body = "{}", .headers = {{"ETag", "\"7\""}, {"X", "y"}}};
    const Response same = conditioned(known, tagged);
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(same.body, "");
    EXPECT_EQ(same.headers, tagged.headers);
    EXPECT_EQ(conditioned({}, tagged).body, "{}");
    const Request another{.headers = {{"if-match", "\"8\""}}};
    EXPECT_EQ(conditioned(another, tagged).status, 412);
    EXPECT_EQ(conditioned(another, {}).status, 412);
    EXPECT_EQ(conditioned(another, {.status = 503}).status, 503);
}

}  // namespace
}  // namespace gateway::http

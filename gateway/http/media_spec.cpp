#include "gateway/http/media.hpp"

#include <gtest/gtest.h>

namespace gateway::http {
namespace {

bool accepted(std::string value, std::string_view type = "application/json") {
    const Request request{.headers = {{"accept", std::move(value)}}};
    return accepts(request, type);
}

TEST(Media, IsAcceptedByWhatNamesItBest) {
    for (const char* value :
         {"",
          ",",
          " , ,",
          ",application/json,",
          "*/*",
          "application/json",
          "Application/JSON",
          "application/*",
          "text/html, */*;q=0.1",
          "application/json;q=0.001",
          "application/json; charset=utf-8",
          "text/html,application/json",
          "*/*;q=0, application/json",
          "application/*;q=0, application/json;q=1",
          "nonsense, */*",
          "text/plain;x=\",\", application/json",
          "application/json;q=0, application/json"})
        EXPECT_TRUE(accepted(value)) << value;
    for (const char* value :
         {"text/html",
          "text/*",
          "application/json;q=0",
          "application/json;q=0.000, */*",
          "application/*;q=0, */*",
          "*/*;q=0",
          "nonsense",
          "application/problem+json",
          "text/plain;x=\", application/json\"",
          "text/event-stream"})
        EXPECT_FALSE(accepted(value)) << value;
    EXPECT_TRUE(accepted("text/event-stream", "text/event-stream"));
    EXPECT_TRUE(accepts({}, "application/json"));
}

TEST(Media, IsWantedAsMuchAsWhatNamesItBestSays) {
    const auto wanted = [](std::string value, std::string_view type) {
        return quality({.headers = {{"accept", std::move(value)}}}, type);
    };
    const std::string both = "text/event-stream;q=0.75, application/*;q=0.5, */*; Q=0.001";
    EXPECT_EQ(wanted(both, "text/event-stream"), 750);
    EXPECT_EQ(wanted(both, "application/json"), 500);
    EXPECT_EQ(wanted(both, "text/html"), 1);
    EXPECT_EQ(wanted("", "text/html"), 1'000);
    EXPECT_EQ(wanted("text/html;q=0.2, text/html;q=0.3", "text/html"), 300);
    EXPECT_EQ(wanted("text/html;q=1.000", "text/html"), 1'000);
    for (const char* no_weight : {"", "2", "-1", "0x", "0.5x", "many", ".5"})
        EXPECT_EQ(wanted("text/html;q=" + std::string(no_weight), "text/html"), 1'000) << no_weight;
}

TEST(Media, OfABodyIsJson) {
    for (const char* type :
         {"application/json",
          "APPLICATION/json",
          "application/json;charset=utf-8",
          "application/json; charset=\"UTF-8\"",
          "application/json ; charset=utf8",
          "application/json;",
          "application/json; ; profile=x",
          "application/json; profile=\"x; y, z\\\"\""})
        EXPECT_FALSE(refuse_media({.headers = {{"content-type", type}}})) << type;
    EXPECT_FALSE(refuse_media({}));
    for (const char* coding : {"identity", "identity,", ", Identity", ""})
        EXPECT_FALSE(refuse_media({.headers = {{"content-encoding", coding}}})) << coding;
    for (const char* type :
         {"",
          "json",
          "text/plain",
          "text/json",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x",
          "application/json; charset=latin1",
          "application/jsonx",
          "application/vnd.api+json",
          "application/json, text/plain",
          "application/xml",
          "text/plain; application/json",
          "application/json; charset=\"utf-16\"",
          "application/json; a=b, text/plain",
          "application/json; x=\"unterminated",
          "application/json; x=\"unterminated\\\"",
          "application/json; x=\"a\"b",
          "application/json; x=\"",
          "application/json; garbage",
          "application/json; garbage; a=b",
          "application/json; =y",
          "application/json; =",
          "application/json; a=",
          "application/json; a =b",
          "application/json; a= b",
          "application/json; a b=c",
          "application/json; a=b c",
          "application/json a=b"}) {
        const auto refusal = refuse_media({.headers = {{"content-type", type}}});
        ASSERT_TRUE(refusal) << type;
        EXPECT_EQ(refusal->status, 415);
        EXPECT_EQ(refusal->headers, (Fields{{"Accept", "application/json"}}));
    }
    for (const char* coding : {"gzip", "br", "deflate", "zstd", "gzip, gzip", "identity, gzip"}) {
        const auto refusal = refuse_media({.headers = {{"content-encoding", coding}}});
        ASSERT_TRUE(refusal) << coding;
        EXPECT_EQ(refusal->status, 415);
        EXPECT_EQ(refusal->headers, (Fields{{"Accept-Encoding", "identity"}}));
    }
}

}  // namespace
}  // namespace gateway::http

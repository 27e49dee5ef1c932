#include "bench/load/http_text.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

using bench::ChunkDecoder;
using bench::json_string;
using bench::read_head;
using bench::take_response;

TEST(HttpText, TakesAResponseOnlyWhenItIsComplete) {
    const std::string whole = "HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\n\r\nbody";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::string part = whole.substr(0, size);
        EXPECT_FALSE(take_response(part)) << size;
        EXPECT_EQ(part.size(), size);
    }
    std::string input = whole + "HTTP/1.1 5";
    const auto response = take_response(input);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 202);
    EXPECT_EQ(response->body, "body");
    EXPECT_EQ(input, "HTTP/1.1 5");
}

TEST(HttpText, ReadsHeaderNamesInAnyCase) {
    const auto head =
        read_head("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\nX: y\r\n\r\nrest");
    ASSERT_TRUE(head);
    EXPECT_TRUE(head->chunked);
    EXPECT_FALSE(head->content_length);
    EXPECT_THROW(read_head("SSH-2.0\r\n\r\n"), std::runtime_error);
}

TEST(HttpText, DecodesChunksHoweverTheyAreCut) {
    const std::string coded = "5\r\nhello\r\n1a;x=y\r\n, abcdefghijklmnopqrstuvwx\r\n0\r\n\r\n";
    for (std::size_t step = 1; step <= coded.size(); ++step) {
        ChunkDecoder decoder;
        std::string output;
        for (std::size_t at = 0; at < coded.size(); at += step) {
            decoder.feed(std::string_view(coded).substr(at, step), output);
        }
        EXPECT_EQ(output, "hello, abcdefghijklmnopqrstuvwx") << step;
        EXPECT_TRUE(decoder.ended());
    }
}

TEST(HttpText, FindsAMemberByItsWholeName) {
    const std::string_view json = R"({"correlationid":"a","id": "b","links":{}})";
    EXPECT_EQ(json_string(json, "\"id\":"), "b");
    EXPECT_EQ(json_string(json, "\"correlationid\":"), "a");
    EXPECT_EQ(json_string(json, "\"commandid\":"), "");
}

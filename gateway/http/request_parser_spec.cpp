#include "gateway/http/request_parser.hpp"

#include <gtest/gtest.h>

namespace gateway::http {
namespace {

using Stage = RequestParser::Stage;

constexpr std::size_t header_max = 512;
constexpr std::size_t body_max = 64;

/// Gives the parser `bytes` in pieces, as a connection would, and returns what it left.
std::string feed(RequestParser& parser, std::string_view bytes, std::size_t piece) {
    std::string unread;
    while (!bytes.empty() && parser.stage() != Stage::done && parser.stage() != Stage::refused) {
        unread += bytes.substr(0, piece);
        bytes.remove_prefix(std::min(piece, bytes.size()));
        unread.erase(0, parser.put(unread));
    }
    return unread.append(bytes);
}

int refused_status(std::string_view bytes, std::size_t piece = 1'000'000) {
    RequestParser parser(header_max, body_max);
    feed(parser, bytes, piece);
    return parser.stage() == Stage::refused ? parser.refusal().status : 0;
}

TEST(RequestParser, ReadsARequestHoweverItIsCut) {
    const std::string_view bytes =
        "POST /commands/a/1/open?x=y HTTP/1.1\r\nHost: here\r\nX-Odd-Case:  value \r\n"
        "Content-Length: 4\r\n\r\nbodyGET / ";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        RequestParser parser(header_max, body_max);
        EXPECT_TRUE(feed(parser, bytes, piece).ends_with("GET / ")) << piece;
        ASSERT_EQ(parser.stage(), Stage::done) << piece;
        const Request& request = parser.request();
        EXPECT_EQ(request.method, "POST");
        EXPECT_EQ(request.path, "/commands/a/1/open");
        EXPECT_EQ(request.header("x-odd-case"), "value");
        EXPECT_EQ(request.body, "body");
        EXPECT_TRUE(parser.keep_alive());
    }
}

TEST(RequestParser, ReadsChunksAndIgnoresTrailers) {
    const std::string_view bytes =
        "POST / HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;ext=1\r\nabc\r\n2\r\nde\r\n0\r\nAuthorization: Bearer x\r\n\r\n";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        RequestParser parser(header_max, body_max);
        EXPECT_EQ(feed(parser, bytes, piece), "") << piece;
        ASSERT_EQ(parser.stage(), Stage::done) << piece;
        EXPECT_EQ(parser.request().body, "abcde");
        EXPECT_EQ(parser.request().header("authorization"), std::nullopt);
    }
}

TEST(RequestParser, RefusesWhatIsNotHttp) {
    for (const char* bytes :
         {"GARBAGE\r\n\r\n",
          "\x16\x03\x01\x02 TLS\r\n\r\n",
          "GET / HTTP/2.0\r\n\r\n",
          "GET HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"})
        EXPECT_EQ(refused_status(bytes), 400) << bytes;
}

TEST(RequestParser, BoundsTheWholeHeader) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
    EXPECT_EQ(refused_status("GET /" + std::string(header_max, 'a')), 431);
    EXPECT_EQ(refused_status(start + "X: " + std::string(header_max, 'a')), 431);
    std::string many = start;
    for (int i = 0; i < 100; ++i) many += "A: b\r\n";
    EXPECT_EQ(refused_status(many), 431);
    EXPECT_EQ(refused_status(many, 6), 431);  // each of them whole when it comes
}

TEST(RequestParser, BoundsTheWholeHeaderAlsoWhenItEnds) {
    std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 200; ++i) many += "A: b\r\n";
    EXPECT_EQ(refused_status(many + "\r\n"), 431);
}

TEST(RequestParser, BoundsTheBody) {
    const std::string start = "POST / HTTP/1.1\r\nHost: a\r\n";
    EXPECT_EQ(refused_status(start + "Content-Length: 65\r\n\r\n"), 413);
    const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(refused_status(chunked + "41\r\n"), 413);
    EXPECT_EQ(refused_status(chunked + "3f\r\n" + std::string(63, 'a') + "\r\n2\r\n"), 413);
    EXPECT_EQ(refused_status(chunked + "ffffffffffffffff\r\n"), 413);
}

TEST(RequestParser, BoundsWhatStandsBetweenChunks) {
    const std::string chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    EXPECT_EQ(refused_status(chunked + "1;" + std::string(2 * header_max, 'e'), 100), 400);
    EXPECT_EQ(refused_status(chunked + "0\r\nT: " + std::string(2 * header_max, 'e'), 100), 400);
}

}  // namespace
}  // namespace gateway::http

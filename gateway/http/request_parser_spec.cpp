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
          "GET HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;a=b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nx",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nx",
          "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nx",
          "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\n\n",
          "GET / HTTP/1.1\r\nHost: a\n\r\n",
          "GET / HTTP/1.1\r\n\n",
          "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
          "\r\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
          " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
          "GET / http/1.1\r\nHost: a\r\n\r\n",
          "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nX:\r\n c\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\tc\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
          "GET / HTTP/1.1\r\nHost:\r\n\r\n",
          "GET / HTTP/1.0\r\nHost: [::g]\r\n\r\n",
          "GET http://a/ HTTP/1.1\r\nHost: \r\n\r\n",
          "GET http://a/ HTTP/1.1\r\n\r\n",
          "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
          "GET ?a=b HTTP/1.1\r\nHost: a\r\n\r\n",
          "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"})
        for (const std::size_t piece : {1u, 7u, 1'000u})
            EXPECT_EQ(refused_status(bytes, piece), 400) << bytes << " in pieces of " << piece;
}

TEST(RequestParser, TakesNoLineFeedForALineEnd) {
    EXPECT_EQ(refused_status("GET / HTTP/1.1\nHost: a\n\n"), 400);
    RequestParser parser(header_max, body_max);
    feed(parser, "GET / HTTP/1.1\nHost: a\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 1);
    EXPECT_EQ(parser.stage(), Stage::refused);
}

TEST(RequestParser, TellsWhatItDoesNotKnowFromWhatIsBroken) {
    const std::pair<const char*, int> cases[] = {
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
        {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505},
        {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501},
        {"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n"
         "Transfer-Encoding: chunked\r\n\r\n",
         501},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\n\r\n", 417},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue, x\r\n\r\n", 417},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: x, 100-continue\r\n\r\n", 417},
    };
    for (const auto& [bytes, status] : cases) EXPECT_EQ(refused_status(bytes), status) << bytes;
}

TEST(RequestParser, NamesAHeaderThatMayComeOnlyOnce) {
    for (const char* name :
         {"Authorization",
          "Idempotency-Key",
          "Last-Event-ID",
          "Content-Type",
          "Host",
          "Origin",
          "If-Modified-Since",
          "If-Unmodified-Since",
          "If-Range",
          "Range",
          "traceparent",
          "Sec-Fetch-Site",
          "X-Correlation-ID",
          "User-Agent",
          "idempotency-KEY"}) {
        const std::string line = name + std::string(": 1\r\n");
        RequestParser parser(header_max, body_max);
        feed(parser, "GET / HTTP/1.1\r\nHost: a\r\n" + line + "X: y\r\n" + line + "\r\n", 9);
        ASSERT_EQ(parser.stage(), Stage::refused) << name;
        EXPECT_EQ(parser.refusal().status, 400);
        EXPECT_NE(parser.refusal().body.find(name), std::string::npos) << parser.refusal().body;
    }
}

TEST(RequestParser, PutsTheLinesOfAListTogether) {
    RequestParser parser(header_max, body_max);
    feed(
        parser,
        "GET / HTTP/1.1\r\nHost: a\r\nIf-Match: \"3\"\r\nCookie: a=1\r\nAccept: text/html\r\n"
        "if-match: \"4\"\r\nCookie: b=2\r\nX-Own: 1\r\nx-own: 2\r\n\r\n",
        11
    );
    ASSERT_EQ(parser.stage(), Stage::done);
    EXPECT_EQ(parser.request().header("if-match"), "\"3\", \"4\"");
    EXPECT_EQ(parser.request().header("cookie"), "a=1; b=2");
    EXPECT_EQ(parser.request().header("x-own"), "1, 2");
    EXPECT_EQ(parser.request().header("accept"), "text/html");
}

TEST(RequestParser, PassesOverEmptyLinesInFront) {
    const std::string bytes = "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        RequestParser parser(header_max, body_max);
        EXPECT_EQ(feed(parser, bytes, piece), "") << piece;
        EXPECT_EQ(parser.stage(), Stage::done) << piece;
    }
    RequestParser parser(header_max, body_max);
    EXPECT_EQ(parser.put("\r\n\r"), 2u);
    EXPECT_FALSE(parser.begun());
    parser.put("\r\nG");
    EXPECT_TRUE(parser.begun());
    std::string endless;
    for (std::size_t i = 0; i < header_max; ++i) endless += "\r\n";
    EXPECT_EQ(refused_status(endless), 431);
    EXPECT_EQ(refused_status(endless, 2), 431);
}

TEST(RequestParser, PassesOverEmptyElements) {
    for (const char* lines :
         {"Transfer-Encoding: , chunked\r\n",
          "Transfer-Encoding:\r\nTransfer-Encoding: chunked\r\n"}) {
        RequestParser parser(header_max, body_max);
        const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(lines);
        EXPECT_EQ(feed(parser, head + "\r\n1\r\nb\r\n0\r\n\r\nnext", 1'000), "next") << lines;
        ASSERT_EQ(parser.stage(), Stage::done) << lines;
        EXPECT_EQ(parser.request().body, "b");
    }
    for (const auto& [line, continues] :
         {std::pair("Expect:\r\n", false),
          std::pair("Expect: ,100-continue,\r\n", true),
          std::pair("Expect: 100-continue\r\nExpect: 100-continue\r\n", true)}) {
        RequestParser parser(header_max, body_max);
        feed(parser, "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(line) + "\r\n", 1'000);
        ASSERT_EQ(parser.stage(), Stage::done) << line;
        EXPECT_EQ(parser.expects_continue(), continues) << line;
    }
}

TEST(RequestParser, PromisesAContinueToHttp11Only) {
    for (const char* version : {"1.0", "1.1"}) {
        RequestParser parser(header_max, body_max);
        feed(
            parser,
            "POST / HTTP/" + std::string(version) +
                "\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n",
            100
        );
        EXPECT_EQ(parser.stage(), Stage::body);
        EXPECT_EQ(parser.expects_continue(), version == std::string("1.1"));
    }
}

TEST(RequestParser, TakesTheHostOfAUrlForTheHost) {
    RequestParser parser(header_max, body_max);
    feed(parser, "GET HTTP://b:80/c HTTP/1.1\r\nHost: a\r\n\r\n", 100);
    ASSERT_EQ(parser.stage(), Stage::done);
    EXPECT_EQ(parser.request().path, "/c");
    EXPECT_EQ(parser.request().header("host"), "b:80");
    RequestParser old(header_max, body_max);
    feed(old, "GET / HTTP/1.0\r\n\r\n", 100);
    EXPECT_EQ(old.stage(), Stage::done);
}

TEST(RequestParser, KnowsTheOriginOfWhatItRefuses) {
    const std::string origin = "Origin: http://ui\r\n";
    for (const std::string& bytes :
         {"GET /%zz HTTP/1.1\r\nHost: a\r\n" + origin + "\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + origin + "\r\n",
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n" + origin + "\r\n",
          "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(header_max, 'x') + "\r\n" + origin,
          "GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n" + origin + "\r\n"}) {
        RequestParser parser(header_max, body_max);
        feed(parser, bytes, 10'000);
        EXPECT_EQ(parser.stage(), Stage::refused) << bytes;
        EXPECT_EQ(parser.request().header("origin"), "http://ui") << bytes;
    }
}

TEST(RequestParser, KeepsNoConnectionThatIsToBeClosed) {
    const std::pair<const char*, bool> cases[] = {
        {"HTTP/1.1\r\n", true},
        {"HTTP/1.1\r\nConnection: foo, Close\r\n", false},
        {"HTTP/1.1\r\nConnection: keep-alive\r\nConnection: close\r\n", false},
        {"HTTP/1.1\r\nConnection: not-close\r\n", true},
        {"HTTP/1.0\r\n", false},
        {"HTTP/1.0\r\nConnection: Keep-Alive\r\n", true},
        {"HTTP/1.0\r\nConnection: close, keep-alive\r\n", false},
        {"HTTP/1.0\r\nConnection: keep-alive, close\r\n", false},
        {"HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n", false},
        {"HTTP/1.0\r\nConnection: keep-alive\r\nConnection: ,close\r\n", false},
    };
    for (const auto& [lines, kept] : cases) {
        RequestParser parser(header_max, body_max);
        feed(parser, "GET / " + std::string(lines) + "Host: a\r\n\r\n", 1'000);
        ASSERT_EQ(parser.stage(), Stage::done) << lines;
        EXPECT_EQ(parser.keep_alive(), kept) << lines;
    }
}

TEST(RequestParser, BoundsTheWholeHeader) {
    const std::string start = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (const char* rest : {"", " HTTP/1.1\r\nHost: a\r\n\r\n"}) {
        for (const std::size_t piece : {1u, 100u, 10'000u}) {
            const std::string target = "/" + std::string(header_max, 'a');
            EXPECT_EQ(refused_status("GET " + target + rest, piece), 414) << rest << piece;
            EXPECT_EQ(refused_status("\r\nGET " + target + rest, piece), 414) << rest << piece;
        }
    }
    EXPECT_EQ(refused_status(std::string(header_max + 1, 'A')), 431);
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

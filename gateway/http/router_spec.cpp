#include "gateway/http/response_stream.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http/target.hpp"

#include <gtest/gtest.h>

namespace gateway::http {
namespace {

boost::asio::awaitable<Response> nothing(const Request&) { co_return Response{}; }
boost::asio::awaitable<void> no_stream(const Request&, ResponseStream&) { co_return; }

bool is_dry(std::string_view name) { return name == "dry"; }

Router example() {
    Router router;
    router.add("GET", "/livez", nothing);
    router.add(
        "POST", "/commands/{category}/{entity}/{name}", nothing, {.takes_parameter = is_dry}
    );
    router.add("GET", "/page", nothing, {.takes_parameter = any_parameter});
    router.add("GET", "/json", nothing, {.produces = "application/json"});
    router.add("GET", "/commands/{id}", nothing);
    router.add_stream("GET", "/events", no_stream);
    router.add("GET", "/thing/{id}", nothing, {.produces = "application/json"});
    router.add_stream(
        "GET",
        "/thing/{id}",
        no_stream,
        {.takes_parameter = is_dry, .produces = "text/event-stream"}
    );
    return router;
}

Request request(std::string method, std::string_view target) {
    Request made;
    made.method = std::move(method);
    EXPECT_EQ(read_target(target, made), "") << target;
    return made;
}

int status(const Router& router, Request request) {
    const auto found = router.find(request);
    const auto* response = std::get_if<Response>(&found);
    return response == nullptr ? 200 : response->status;
}

TEST(Router, FillsInWhatTheNamesMatched) {
    const Router router = example();
    Request made = request("POST", "/commands/account/a%3A1/deposit?dry=1");
    EXPECT_TRUE(std::holds_alternative<const Router::Route*>(router.find(made)));
    EXPECT_EQ(made.parameter("category"), "account");
    EXPECT_EQ(made.parameter("entity"), "a:1");
    EXPECT_EQ(made.parameter("name"), "deposit");
    EXPECT_EQ(made.path, "/commands/account/a%3A1/deposit");
    EXPECT_EQ(made.query_value("dry"), "1");
}

TEST(Router, TakesTheFormThatIsWantedMost) {
    const Router router = example();
    const auto is_stream = [&](const std::string& accept, const std::string& method = "GET") {
        Request made = request(method, "/thing/1");
        made.headers = {{"accept", accept}};
        const auto found = router.find(made);
        EXPECT_TRUE(std::holds_alternative<const Router::Route*>(found)) << accept;
        const auto* route = std::get<const Router::Route*>(found);
        return std::holds_alternative<StreamHandler>(route->handler);
    };
    for (const std::string accept :
         {"text/event-stream",
          "text/event-stream, */*;q=0.1",
          "application/json;q=0.5, text/event-stream;q=0.6",
          "text/*"})
        EXPECT_TRUE(is_stream(accept)) << accept;
    for (const std::string accept :
         {"",
          "*/*",
          "application/json",
          "text/event-stream, application/json",
          "text/event-stream;q=0.5, */*;q=0.6",
          "text/event-stream;q=0, */*"})
        EXPECT_FALSE(is_stream(accept)) << accept;
    EXPECT_TRUE(is_stream("text/event-stream", "HEAD"));

    Request neither = request("GET", "/thing/1");
    neither.headers = {{"accept", "text/html"}};
    const auto refused = router.find(neither);
    ASSERT_TRUE(std::holds_alternative<Response>(refused));
    EXPECT_EQ(std::get<Response>(refused).status, 406);
    EXPECT_NE(
        std::get<Response>(refused).body.find("application/json and text/event-stream"),
        std::string::npos
    );

    Request dry = request("GET", "/thing/1?dry=1");
    EXPECT_EQ(status(router, dry), 400) << "only the other form takes it";
    dry.headers = {{"accept", "text/event-stream"}};
    EXPECT_EQ(status(router, dry), 200);
}

TEST(Router, MatchesWholePathsOnly) {
    const Router router = example();
    for (const char* path :
         {"/", "/livez/", "/live", "/commands/", "/commands/a//b", "/commands/a/b"})
        EXPECT_EQ(status(router, request("POST", path)), 404) << path;
    EXPECT_EQ(status(router, request("POST", "/commands/a%2Fb/c/d")), 200);
}

TEST(Router, NamesTheMethodsOfAPath) {
    const Router router = example();
    Request made = request("DELETE", "/commands/1");
    const auto found = router.find(made);
    const Response& response = std::get<Response>(found);
    EXPECT_EQ(response.status, 405);
    const Fields allow{{"Allow", "GET, HEAD, OPTIONS"}};
    EXPECT_EQ(response.headers, allow);
}

TEST(Router, AnswersHeadByGetStreamsToo) {
    const Router router = example();
    EXPECT_EQ(status(router, request("HEAD", "/livez")), 200);
    EXPECT_EQ(status(router, request("HEAD", "/events")), 200);
    EXPECT_EQ(status(router, request("HEAD", "/commands/a/b/c")), 405);
}

TEST(Router, TellsAMethodThatIsNotAllowedFromOneThatIsNone) {
    const Router router = example();
    for (const char* method : {"PUT", "DELETE", "PATCH", "TRACE"}) {
        EXPECT_EQ(status(router, request(method, "/livez")), 405) << method;
        EXPECT_EQ(status(router, request(method, "/nowhere")), 404) << method;
    }
    for (const char* method : {"get", "FOO", "PROPFIND", "QUERY"}) {
        EXPECT_EQ(status(router, request(method, "/livez")), 501) << method;
        EXPECT_EQ(status(router, request(method, "/nowhere")), 501) << method;
    }
}

TEST(Router, SaysWhatAPathAllows) {
    const Router router = example();
    const auto allow = [&](std::string_view target) {
        Request made = request("OPTIONS", target);
        const auto found = router.find(made);
        const Response& response = std::get<Response>(found);
        return std::to_string(response.status) + ' ' +
               (response.headers.empty() ? "" : response.headers.front().second);
    };
    EXPECT_EQ(allow("/livez"), "204 GET, HEAD, OPTIONS");
    EXPECT_EQ(allow("/events?unknown=1"), "204 GET, HEAD, OPTIONS");
    EXPECT_EQ(allow("/commands/a/b/c"), "204 OPTIONS, POST");
    EXPECT_EQ(allow("/nowhere"), "404 ");
    Request whole_server{.method = "OPTIONS", .path = "*"};
    const auto found = router.find(whole_server);
    EXPECT_EQ(std::get<Response>(found).headers.front().second, "GET, HEAD, OPTIONS, POST");
}

TEST(Router, NamesTheParametersThatItDoesNotTake) {
    const Router router = example();
    const auto answer = [&](std::string_view target) {
        Request made = request("GET", target);
        const auto found = router.find(made);
        const auto* response = std::get_if<Response>(&found);
        return response == nullptr ? "" : response->body;
    };
    EXPECT_NE(answer("/json?version=2").find("of this name: version\""), std::string::npos);
    EXPECT_NE(answer("/json?a=1&b=2").find("of this name: a, b\""), std::string::npos);
    EXPECT_NE(answer("/events?x").find("of this name: x\""), std::string::npos);
    EXPECT_NE(answer("/livez?verbose").find("400"), std::string::npos);
    for (const char* query : {"?=2", "?=1&=", "?=dry-run", "?="}) {
        EXPECT_NE(answer(std::string("/json") + query).find("of this name: "), std::string::npos);
        EXPECT_EQ(status(router, request("POST", std::string("/commands/a/b/c") + query)), 400);
    }
    EXPECT_EQ(answer("/json?"), "");
    EXPECT_EQ(answer("/json?&"), "");
    EXPECT_EQ(answer("/page?utm=1&utm=2"), "");
    EXPECT_EQ(status(router, request("POST", "/commands/a/b/c?dry=1&dry=1")), 400);
    EXPECT_EQ(status(router, request("POST", "/commands/a/b/c?Dry=1")), 400);
    EXPECT_EQ(status(router, request("HEAD", "/json?version=2")), 400);
}

TEST(Router, LooksAtAcceptWhereItCounts) {
    const Router router = example();
    Request made = request("GET", "/json");
    made.headers = {{"accept", "text/html"}};
    EXPECT_EQ(status(router, made), 406);
    made.headers = {{"accept", "text/html, */*;q=0.1"}};
    EXPECT_EQ(status(router, made), 200);
    Request probe = request("GET", "/livez");
    probe.headers = {{"accept", "text/html"}};
    EXPECT_EQ(status(router, probe), 200);
}

TEST(Router, TakesNoBodyOfAGet) {
    const Router router = example();
    for (const char* method : {"GET", "HEAD"}) {
        Request made = request(method, "/livez");
        made.headers = {{"content-length", "00"}};
        EXPECT_EQ(status(router, made), 200);
        made.headers = {{"content-length", "10"}};
        EXPECT_EQ(status(router, made), 400);
        made.headers = {{"transfer-encoding", "chunked"}};
        EXPECT_EQ(status(router, made), 400);
    }
    Request post = request("POST", "/commands/a/b/c");
    post.headers = {{"transfer-encoding", "chunked"}};
    EXPECT_EQ(status(router, post), 200);
}

TEST(Target, IsPathAndQuery) {
    const Request made = request("GET", "http://host:80/a%20b/c+d?x=1+2&&y=%2B&z");
    EXPECT_EQ(made.segments, (std::vector<std::string>{"a b", "c+d"}));
    EXPECT_EQ(made.query_value("x"), "1 2");
    EXPECT_EQ(made.query_value("y"), "+");
    EXPECT_EQ(made.query_value("z"), "");
    EXPECT_EQ(made.query_value("w"), std::nullopt);
    EXPECT_EQ(made.query.size(), 3u);
    EXPECT_EQ(made.authority, "host:80");
}

TEST(Target, IsAUrlOfHttpToo) {
    for (const char* target :
         {"http://host", "HTTP://host", "hTtPs://host/", "http://[::1]:8080/", "http://a_b.c:/"})
        EXPECT_EQ(request("GET", target).path, "/") << target;
}

TEST(Target, HasAHostByItsGrammar) {
    for (const char* host :
         {"a",
          "a:",
          "a:0",
          "a:65535",
          "a:080",
          "a%20b",
          "1.2.3.4",
          "[::]",
          "[::1]:",
          "[1:2:3:4:5:6:7:8]:8080",
          "[::ffff:1.2.3.4]"})
        EXPECT_TRUE(is_authority(host)) << host;
    for (const char* host :
         {"",          ":80",     "%zz",  "a%",   "a%2",    "[:::::::::]",  "[::g]",  "[12345::]",
          "[1.2.3.4]", "[.]",     "[]",   "[::1", "[::1]x", "[::1%25eth0]", "[v1.x]", "::1",
          "a:65536",   "a:99999", "a:-1", "a:+1", "a:8 0",  "a:80:80",      "u@a",    "a b"}) {
        EXPECT_FALSE(is_authority(host)) << host;
        Request made;
        EXPECT_NE(read_target("http://" + std::string(host) + "/a", made), "") << host;
    }
}

TEST(Target, IsRefusedWhenBroken) {
    for (const char* target :
         {"a",
          "*",
          "",
          "?a=b",
          "/%",
          "/%2",
          "/%zz",
          "/?a=%",
          "/\xc3\xa4",
          "host:443",
          "/a b",
          "/#a",
          "/a\\b",
          "/<",
          "/a|b",
          "/\"",
          "/.",
          "/a/..",
          "/a/../b",
          "/%2e%2e/b",
          "/a/%2E",
          "/.%2e",
          "ftp://host/",
          "http:/a",
          "http:///a",
          "http://",
          "http",
          "//",
          "http://a@b/",
          "http://a:x/",
          "http://a:123456/",
          "http://[::1",
          "http://[::1]x/",
          "http://?a",
          "javascript://a"}) {
        Request made;
        const bool is_path = std::string_view(target) == "//";  // of two empty segments
        EXPECT_EQ(read_target(target, made).empty(), is_path) << target;
    }
}

}  // namespace
}  // namespace gateway::http

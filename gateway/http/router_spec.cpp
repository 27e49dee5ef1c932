#include "gateway/http/response_stream.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http/target.hpp"

#include <gtest/gtest.h>

namespace gateway::http {
namespace {

boost::asio::awaitable<Response> nothing(const Request&) { co_return Response{}; }
boost::asio::awaitable<void> no_stream(const Request&, ResponseStream&) { co_return; }

Router example() {
    Router router;
    router.add("GET", "/livez", nothing);
    router.add("POST", "/commands/{category}/{entity}/{name}", nothing);
    router.add("GET", "/commands/{id}", nothing);
    router.add_stream("GET", "/events", no_stream);
    return router;
}

Request request(std::string method, std::string_view target) {
    Request made;
    made.method = std::move(method);
    EXPECT_TRUE(read_target(target, made)) << target;
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
    EXPECT_TRUE(std::holds_alternative<const Handler*>(router.find(made)));
    EXPECT_EQ(made.parameter("category"), "account");
    EXPECT_EQ(made.parameter("entity"), "a:1");
    EXPECT_EQ(made.parameter("name"), "deposit");
    EXPECT_EQ(made.path, "/commands/account/a%3A1/deposit");
    EXPECT_EQ(made.query_value("dry"), "1");
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

TEST(Router, AnswersHeadByGetButStreamsNothing) {
    const Router router = example();
    EXPECT_EQ(status(router, request("HEAD", "/livez")), 200);
    EXPECT_EQ(status(router, request("HEAD", "/events")), 405);
}

TEST(Target, IsPathAndQuery) {
    const Request made = request("GET", "http://host:80/a%20b/c+d?x=1+2&y=%2B&z");
    EXPECT_EQ(made.segments, (std::vector<std::string>{"a b", "c+d"}));
    EXPECT_EQ(made.query_value("x"), "1 2");
    EXPECT_EQ(made.query_value("y"), "+");
    EXPECT_EQ(made.query_value("z"), "");
    EXPECT_EQ(made.query_value("w"), std::nullopt);
    EXPECT_EQ(request("GET", "http://host").path, "/");
}

TEST(Target, IsRefusedWhenBroken) {
    for (const char* target : {"a", "*", "/%", "/%2", "/%zz", "/?a=%", "/\xc3\xa4", "host:443"}) {
        Request made;
        EXPECT_FALSE(read_target(target, made)) << target;
    }
}

}  // namespace
}  // namespace gateway::http

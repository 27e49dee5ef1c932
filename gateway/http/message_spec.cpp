#include "gateway/http/cors.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/response_bytes.hpp"

#include <gtest/gtest.h>

namespace gateway::http {
namespace {

std::string text_of(const Response& response, const HeadContext& context) {
    std::string bytes;
    append_response(bytes, response, context);
    return bytes;
}

TEST(Problem, SaysWhatProgramsAndPeopleNeed) {
    const Response response =
        problem(422, "invalid-fields", "Say how much.", {{"/cents", "missing", "It is missing."}});
    EXPECT_EQ(response.status, 422);
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(
        response.body,
        R"({"type":"about:blank","title":"Unprocessable Entity","status":422,)"
        R"("code":"invalid-fields","detail":"Say how much.",)"
        R"("errors":[{"location":"/cents","code":"missing","message":"It is missing."}]})"
    );
}

TEST(Problem, StaysUtf8WhateverIsQuoted) {
    EXPECT_NE(problem(400, "x", "a\xff").body.find("a\xef\xbf\xbd"), std::string::npos);
}

TEST(ResponseBytes, HaveOneLineForEachField) {
    const Request request{.method = "GET"};
    Response response;
    response.status = 202;
    response.body = "{}";
    response.headers = {{"Location", "/commands/1"}};
    const HeadContext context{.request = request, .cors_origins = {}, .date = "now"};
    EXPECT_EQ(
        text_of(response, context),
        "HTTP/1.1 202 Accepted\r\nDate: now\r\nContent-Type: application/json\r\n"
        "Content-Length: 2\r\nLocation: /commands/1\r\nCache-Control: no-store\r\n"
        "Vary: Authorization, Cookie, Origin, Accept\r\n\r\n{}"
    );
}

TEST(ResponseBytes, OfHeadHaveALengthAndNoBody) {
    const Request request{.method = "HEAD"};
    Response response;
    response.body = "{}";
    const HeadContext context{.request = request, .cors_origins = {}, .date = "now"};
    const std::string head = text_of(response, context);
    EXPECT_NE(head.find("Content-Length: 2\r\n"), std::string::npos);
    EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(ResponseBytes, AreStoredNowhereUnlessTheAnswerSaysOtherwise) {
    const Request request{.method = "GET"};
    const HeadContext context{.request = request, .cors_origins = {}, .date = "now"};
    for (const int status : {200, 202, 204, 304, 401, 404, 503}) {
        const std::string head = text_of({.status = status}, context);
        EXPECT_NE(head.find("\r\nCache-Control: no-store\r\n"), std::string::npos) << status;
        EXPECT_NE(head.find("\r\nVary: Authorization, "), std::string::npos) << status;
    }
    const std::string head =
        text_of({.headers = {{"Cache-Control", "private, no-cache"}}}, context);
    EXPECT_EQ(head.find("no-store"), std::string::npos);
    std::string stream;
    append_stream_head(stream, 200, {{"Cache-Control", "no-store, no-transform"}}, context);
    EXPECT_NE(stream.find("\r\nVary: "), std::string::npos);
    EXPECT_EQ(stream.find("no-store\r\n"), std::string::npos);
}

TEST(ResponseBytes, CannotBeSplitByAValue) {
    const Request request{.method = "GET"};
    Response response;
    response.headers = {{"Location", "/a\r\nSet-Cookie: b"}};
    const HeadContext context{.request = request, .cors_origins = {}, .date = "now"};
    EXPECT_THROW(text_of(response, context), std::logic_error);
}

TEST(Cors, NamesOnlyAllowedOrigins) {
    const std::vector<std::string> allowed{"http://localhost:3000"};
    Request request;
    std::string head;
    append_cors(head, allowed, request);
    EXPECT_EQ(head, "");

    for (const char* origin : {"http://localhost:30000", "http://localhost", "null"}) {
        request.headers = {{"origin", origin}};
        head.clear();
        append_cors(head, allowed, request);
        EXPECT_EQ(head, "") << origin;
    }
    request.headers = {{"origin", "http://localhost:3000"}};
    head.clear();
    append_cors(head, allowed, request);
    EXPECT_NE(head.find("Access-Control-Allow-Origin: http://localhost:3000\r\n"), head.npos);
    EXPECT_NE(head.find("Access-Control-Allow-Credentials: true\r\n"), head.npos);
    for (const char* header : {"ETag", "Location", "Retry-After", "WWW-Authenticate", "Allow"})
        EXPECT_NE(head.find(header), head.npos) << header;
}

TEST(Cors, AllowsThePageTheMethodWhoseRefusalItShallRead) {
    for (const char* method : {"PUT", "GET", "x!y"}) {
        Response response;
        add_preflight(response, {.headers = {{"access-control-request-method", method}}});
        const std::pair<std::string, std::string> line{"Access-Control-Allow-Methods", method};
        EXPECT_EQ(response.headers.front(), line);
    }
    Response response;
    add_preflight(response, {.headers = {{"access-control-request-method", "a b"}}});
    EXPECT_EQ(response.headers.front().first, "Access-Control-Allow-Headers");
}

TEST(Cors, AllowsThePageWhatItAsksFor) {
    const auto allowed = [](const char* asked) {
        Request request;
        if (asked != nullptr) request.headers = {{"access-control-request-headers", asked}};
        Response response;
        add_preflight(response, request);
        return response.headers.front().second;
    };
    EXPECT_EQ(
        allowed("cache-control,sentry-trace, X-B3-TraceId"),
        "cache-control,sentry-trace, X-B3-TraceId"
    );
    EXPECT_EQ(allowed("x!y,,a|b"), "x!y,,a|b");
    for (const char* asked : {"", ",", "a\"b", "a b", "a:b", "\xc3\xa4"})
        EXPECT_NE(allowed(asked).find("Idempotency-Key"), std::string::npos) << asked;
    EXPECT_NE(allowed(nullptr).find("Cache-Control"), std::string::npos);
}

}  // namespace
}  // namespace gateway::http

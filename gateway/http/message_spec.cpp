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
        "Content-Length: 2\r\nLocation: /commands/1\r\n\r\n{}"
    );
}

TEST(ResponseBytes, OfHeadHaveALengthAndNoBody) {
    const Request request{.method = "HEAD"};
    Response response;
    response.body = "{}";
    const HeadContext context{.request = request, .cors_origins = {}, .date = "now"};
    EXPECT_TRUE(text_of(response, context).ends_with("Content-Length: 2\r\n\r\n"));
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
    EXPECT_EQ(head, "Vary: Origin\r\n");

    for (const char* origin : {"http://localhost:30000", "http://localhost", "null"}) {
        request.headers = {{"origin", origin}};
        head.clear();
        append_cors(head, allowed, request);
        EXPECT_EQ(head, "Vary: Origin\r\n") << origin;
    }
    request.headers = {{"origin", "http://localhost:3000"}};
    head.clear();
    append_cors(head, allowed, request);
    EXPECT_NE(head.find("Access-Control-Allow-Origin: http://localhost:3000\r\n"), head.npos);
    EXPECT_NE(head.find("Access-Control-Allow-Credentials: true\r\n"), head.npos);
}

}  // namespace
}  // namespace gateway::http

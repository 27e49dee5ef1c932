#include "domain/kernel/error.hpp"
#include "gateway/http/router.hpp"
#include "gateway/web/development_token.hpp"
#include "gateway/web/pages.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <unistd.h>

namespace gateway::web {
namespace {

http::Request request_for(std::string method, const std::string& path) {
    http::Request request;
    request.method = std::move(method);
    request.path = path;
    std::istringstream in(path.substr(1) + '/');
    for (std::string segment; std::getline(in, segment, '/');) request.segments.push_back(segment);
    return request;
}

http::Response send(const http::Router& router, http::Request request) {
    auto found = router.find(request);
    if (auto* refused = std::get_if<http::Response>(&found)) return *refused;
    const auto* route = std::get<const http::Router::Route*>(found);
    const auto& handler = std::get<http::Handler>(route->handler);
    boost::asio::io_context io;
    http::Response response;
    boost::asio::co_spawn(
        io,
        handler(request),
        [&](const std::exception_ptr& error, http::Response answer) {
            if (error) std::rethrow_exception(error);
            response = std::move(answer);
        }
    );
    io.run();
    return response;
}

std::string header(const http::Response& response, const std::string& name) {
    for (const auto& [field, value] : response.headers) {
        if (field == name) return value;
    }
    return {};
}

struct PagesSpec : testing::Test {
    std::filesystem::path root =
        std::filesystem::path(testing::TempDir()) / ("pages_" + std::to_string(getpid()));
    http::Router router;

    PagesSpec() {
        std::filesystem::create_directories(root / "parts");
        write("index.html", "<p>hello");
        write("parts/app.js", "run()");
        write("notes.txt", "private");
        add_pages(router, root);
    }
    ~PagesSpec() override { std::filesystem::remove_all(root); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(root / name) << text;
    }
};

TEST_F(PagesSpec, ServesWhatAPageConsistsOf) {
    const auto index = send(router, request_for("GET", "/"));
    EXPECT_EQ(index.status, 200);
    EXPECT_EQ(index.body, "<p>hello");
    EXPECT_EQ(index.content_type, "text/html; charset=utf-8");
    EXPECT_EQ(header(index, "Content-Security-Policy"), "default-src 'self'");
    const auto script = send(router, request_for("GET", "/parts/app.js"));
    EXPECT_EQ(script.body, "run()");
    EXPECT_EQ(script.content_type, "text/javascript; charset=utf-8");
}

TEST_F(PagesSpec, ServesNothingElse) {
    for (const char* path : {"/notes.txt", "/../index.html", "/parts", "/parts/../index.html"}) {
        EXPECT_EQ(send(router, request_for("GET", path)).status, 404) << path;
    }
}

TEST_F(PagesSpec, SendsAFileAgainOnlyWhenItHasChanged) {
    auto request = request_for("GET", "/");
    const std::string tag = header(send(router, request), "ETag");
    for (const std::string& known : {tag, "W/" + tag, "\"other\", " + tag}) {
        request.headers = {{"if-none-match", known}};
        const auto same = send(router, request);
        EXPECT_EQ(same.status, 304) << known;
        EXPECT_EQ(header(same, "ETag"), tag);
    }
    write("index.html", "<p>goodbye");
    const auto changed = send(router, request);
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(changed.body, "<p>goodbye");
}

TEST(Pages, NeedAnIndex) {
    http::Router router;
    EXPECT_THROW(add_pages(router, "/nowhere"), domain::SetupError);
}

struct DevelopmentTokenSpec : testing::Test {
    http::Router router;
    http::Request request = request_for("POST", "/dev/token");

    DevelopmentTokenSpec() {
        add_development_token(
            router,
            [](const std::string& subject, const std::vector<std::string>& roles) {
                SignedToken token{"token-of-" + subject, domain::Timestamp{}};
                for (const std::string& role : roles) token.token += '+' + role;
                return token;
            },
            "crumb"
        );
        request.headers = {{"content-type", "application/json"}};
    }
};

TEST_F(DevelopmentTokenSpec, GivesATokenAsJsonAndAsACookieForEvents) {
    request.body = R"({"subject":"alice"})";
    request.headers = {{"content-type", "application/json; charset=utf-8"}};
    const auto response = send(router, request);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(
        response.body, R"({"expires":"1970-01-01T00:00:00.000000Z","token":"token-of-alice"})"
    );
    EXPECT_EQ(
        header(response, "Set-Cookie"),
        "crumb=token-of-alice; Path=/events; HttpOnly; SameSite=Strict"
    );
}

TEST_F(DevelopmentTokenSpec, GivesTheRolesThatAreAskedFor) {
    request.body = R"({"roles":["clerk","auditor"],"subject":"alice"})";
    EXPECT_NE(
        send(router, request).body.find("\"token-of-alice+clerk+auditor\""), std::string::npos
    );
    request.body = R"({"subject":"alice","roles":[]})";
    EXPECT_NE(send(router, request).body.find("\"token-of-alice\""), std::string::npos);
}

TEST_F(DevelopmentTokenSpec, LeavesNoConditionOut) {
    request.body = R"({"subject":"alice"})";
    request.headers.emplace_back("if-match", "*");
    EXPECT_EQ(send(router, request).status, 400);
}

TEST_F(DevelopmentTokenSpec, RefusesABodyThatIsNotAsItHasToBe) {
    std::string many = R"({"subject":"a","roles":["r")";
    for (int i = 0; i < 16; ++i) many += R"(,"r")";
    for (const std::string& body :
         {std::string(),
          std::string("{"),
          std::string("[]"),
          std::string("{}"),
          std::string(R"({"subject":""})"),
          std::string(R"({"subject":7})"),
          std::string(R"({"subject":"a","subject":"b"})"),
          std::string(R"({"subject":"a","admin":true})"),
          std::string(R"({"roles":["clerk"]})"),
          std::string(R"({"subject":"a","roles":"clerk"})"),
          std::string(R"({"subject":"a","roles":[""]})"),
          std::string(R"({"subject":"a","roles":["b\nc"]})"),
          std::string(R"({"subject":"a","roles":[["b"]]})"),
          std::string(R"({"subject":"a","roles":["b"],"roles":["c"]})"),
          many + "]}",
          std::string("\xef\xbb\xbf{\"subject\":\"a\"}"),
          std::string("{\"subject\":\"a\"}\0", 16),
          std::string(R"({"subject":"a\u0000"})"),
          std::string(R"({"subject":"a\nb"})"),
          std::string(R"({"subject":"a\u007f"})"),
          R"({"subject":")" + std::string(256, 'a') + "\"}"}) {
        request.body = body;
        EXPECT_EQ(send(router, request).status, 400) << body;
    }
}

TEST_F(DevelopmentTokenSpec, RefusesWhatAnotherOriginCouldSend) {
    request.body = R"({"subject":"alice"})";
    for (const char* type : {"text/plain", "application/x-www-form-urlencoded", ""}) {
        request.headers = {{"content-type", type}};
        EXPECT_EQ(send(router, request).status, 415) << type;
    }
    request.headers.clear();
    EXPECT_EQ(send(router, request).status, 415);
    const auto found = router.find(request);
    const auto* route = std::get<const http::Router::Route*>(found);
    EXPECT_EQ(route->traits.admit(request)->status, 415) << "before the body has come";
}

}  // namespace
}  // namespace gateway::web

#include "gateway/http/router.hpp"
#include "gateway/web/loopback_host.hpp"

#include <gtest/gtest.h>

namespace gateway::web {
namespace {

TEST(LoopbackHost, IsThisMachineByAFixedName) {
    for (const char* host :
         {"localhost",
          "LocalHost",
          "localhost:8080",
          "localhost:",
          "127.0.0.1",
          "127.0.0.1:1",
          "127.255.255.255",
          "127.1.2.3:65535",
          "[::1]",
          "[::1]:8080"})
        EXPECT_TRUE(is_loopback_host(host)) << host;
}

TEST(LoopbackHost, IsNothingElse) {
    for (const char* host :
         {"",
          "x",
          "evil.example",
          "localhost.evil.example",
          "localhost.",
          "evil.localhost",
          "evil-localhost",
          "localhost:8080.evil.example",
          "localhost:65536",
          "localhost:x",
          "localhost::",
          "localhost:080",
          "localhost:80:80",
          "localhost@evil.example",
          "localhost, evil.example",
          " localhost",
          "127.0.0.1.nip.io",
          "127.0.0.1.",
          "127.0.0.256",
          "127.0.0",
          "127.0.0.01",
          "1127.0.0.1",
          "128.0.0.1",
          "0.0.0.0",
          "192.168.0.1",
          "2130706433",
          "[::]",
          "[::2]",
          "[::1]x",
          "[::ffff:127.0.0.1]",
          "::1"})
        EXPECT_FALSE(is_loopback_host(host)) << host;
}

TEST(LoopbackHost, GuardsEveryRoute) {
    http::Router router;
    router.guard(refuse_foreign_host);
    router.add("GET", "/here", {});
    const auto status = [&](const std::string& path, http::Fields headers) {
        http::Request request;
        request.method = "GET";
        request.segments = {path};
        request.headers = std::move(headers);
        const auto found = router.find(request);
        const auto* refused = std::get_if<http::Response>(&found);
        return refused == nullptr ? 200 : refused->status;
    };
    EXPECT_EQ(status("here", {{"host", "localhost"}}), 200);
    EXPECT_EQ(status("here", {{"host", "evil.example"}}), 421);
    EXPECT_EQ(status("nowhere", {{"host", "evil.example"}}), 421);
    EXPECT_EQ(status("nowhere", {{"host", "localhost"}}), 404);
    EXPECT_EQ(status("here", {{"host", "localhost"}, {"host", "evil.example"}}), 421);
    EXPECT_EQ(status("here", {}), 200);  // of HTTP/1.0: no browser sends it
}

}  // namespace
}  // namespace gateway::web

#include "gateway/web/pages.hpp"

#include "domain/kernel/error.hpp"
#include "gateway/http/entity_tag.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/router.hpp"

#include <fstream>
#include <map>

namespace gateway::web {
namespace {

const std::map<std::string, std::string> content_types = {
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/x-icon"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
};

http::Response serve(const std::filesystem::path& file, const std::string& content_type) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return http::problem(404, "not-found", "The file is no longer there.");
    http::Response response;
    response.content_type = content_type;
    response.body.assign(std::istreambuf_iterator<char>(in), {});
    response.headers = {
        {"ETag", '"' + http::entity_tag(response.body) + '"'},
        {"Cache-Control", "no-cache"},
        {"Content-Security-Policy", "default-src 'self'"},
        {"X-Content-Type-Options", "nosniff"}};
    return response;
}

void add_page(
    http::Router& router,
    const std::string& path,
    const std::filesystem::path& file,
    const std::string& content_type
) {
    router.add(
        "GET",
        path,
        [file, content_type](const http::Request&) -> boost::asio::awaitable<http::Response> {
            co_return serve(file, content_type);
        },
        {.takes_parameter = http::any_parameter}
    );
}

}  // namespace

void add_pages(http::Router& router, const std::filesystem::path& root) {
    const auto index = root / "index.html";
    if (!std::filesystem::is_regular_file(index)) {
        throw domain::SetupError(
            "web.root is '" + root.string() + "', where there is no index.html"
        );
    }
    add_page(router, "/", index, content_types.at(".html"));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        const auto kind = content_types.find(entry.path().extension().string());
        if (!entry.is_regular_file() || kind == content_types.end()) continue;
        const auto path = entry.path().lexically_relative(root).generic_string();
        add_page(router, '/' + path, entry.path(), kind->second);
    }
}

}  // namespace gateway::web

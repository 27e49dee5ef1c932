#include "gateway/web/development_token.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/router.hpp"

#include <nlohmann/json.hpp>

namespace gateway::web {
namespace {

constexpr std::size_t subject_max_bytes = 256;

/// The subject that the body names; empty if it names none.
std::string subject_in(const std::string& body) {
    const auto json = nlohmann::json::parse(body, nullptr, false);
    if (!json.is_object()) return {};
    const auto subject = json.find("subject");
    if (subject == json.end() || !subject->is_string()) return {};
    return subject->get<std::string>();
}

http::Response
answer(const http::Request& request, const SignToken& sign, const std::string& cookie) {
    // A page of another origin can send JSON only after a preflight, which CORS refuses it.
    if (request.header("content-type") != "application/json") {
        return http::problem(415, "unsupported-media-type", "Send Content-Type: application/json.");
    }
    const std::string subject = subject_in(request.body);
    if (subject.empty() || subject.size() > subject_max_bytes) {
        return http::problem(400, "bad-request", R"(Send {"subject": "<a name>"}.)");
    }
    const SignedToken signed_token = sign(subject);
    const nlohmann::json body = {
        {"token", signed_token.token}, {"expires", domain::to_string(signed_token.expires)}};
    http::Response response;
    response.body = body.dump();
    response.headers = {
        {"Cache-Control", "no-store"},
        {"Set-Cookie",
         cookie + '=' + signed_token.token + "; Path=/events; HttpOnly; SameSite=Strict"}};
    return response;
}

}  // namespace

void add_development_token(http::Router& router, SignToken sign, std::string cookie) {
    router.add(
        "POST",
        "/dev/token",
        [sign = std::move(sign), cookie = std::move(cookie)](const http::Request& request
        ) -> boost::asio::awaitable<http::Response> { co_return answer(request, sign, cookie); }
    );
}

}  // namespace gateway::web

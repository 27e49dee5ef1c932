#include "gateway/web/development_token.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/json_document.hpp"
#include "gateway/http/media.hpp"
#include "gateway/http/preconditions.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/router.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace gateway::web {
namespace {

constexpr std::size_t subject_max_bytes = 255;  // as of any token

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// The subject that the body names, read as strictly as a command; empty if it names none.
std::string subject_in(const std::string& body) {
    using Kind = domain::JsonNode::Kind;
    const domain::JsonDocument json(body);
    if (json.fault() || json.root().kind != Kind::object) return {};
    const domain::JsonNode* only = json.root().first();
    if (only == json.root().end() || only->end() != json.root().end()) return {};
    if (only->key != "subject" || only->kind != Kind::string) return {};
    const std::string_view subject = only->text;
    if (subject.size() > subject_max_bytes || std::ranges::any_of(subject, is_control)) return {};
    return std::string(subject);
}

/// A page of another origin can send JSON only after a preflight, which CORS refuses it.
std::optional<http::Response> refuse_head(const http::Request& request) {
    if (auto refusal = http::refuse_unknown_preconditions(request, {})) return refusal;
    if (auto refusal = http::refuse_media(request)) return refusal;
    if (request.header("content-type")) return std::nullopt;
    return http::problem(415, "unsupported-media-type", "Send Content-Type: application/json.");
}

http::Response
answer(const http::Request& request, const SignToken& sign, const std::string& cookie) {
    if (auto refusal = refuse_head(request)) return std::move(*refusal);
    const std::string subject = subject_in(request.body);
    if (subject.empty())
        return http::problem(400, "bad-request", R"(Send {"subject": "<a name>"}.)");
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
        ) -> boost::asio::awaitable<http::Response> { co_return answer(request, sign, cookie); },
        {.admit = refuse_head}
    );
}

}  // namespace gateway::web

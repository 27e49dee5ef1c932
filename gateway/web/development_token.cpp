#include "gateway/web/development_token.hpp"

#include "domain/kernel/cloud_event.hpp"
#include "domain/kernel/json_document.hpp"
#include "gateway/http/media.hpp"
#include "gateway/http/preconditions.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/router.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <set>

namespace gateway::web {
namespace {

constexpr std::size_t name_max_bytes = 255;  // a subject has no more in any token
constexpr std::size_t roles_max = 16;

/// Whose token is wanted.
struct Holder {
    std::string subject;
    std::vector<std::string> roles;
};

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_name(const domain::JsonNode& json) {
    return json.kind == domain::JsonNode::Kind::string && !json.text.empty() &&
           json.text.size() <= name_max_bytes && std::ranges::none_of(json.text, is_control);
}

bool read_roles(const domain::JsonNode& json, std::vector<std::string>& roles) {
    if (json.kind != domain::JsonNode::Kind::array) return false;
    for (const auto* role = json.first(); role != json.end(); role = role->end()) {
        if (!is_name(*role) || roles.size() == roles_max) return false;
        roles.emplace_back(role->text);
    }
    return true;
}

/// Whom the body names, read as strictly as a command; nothing if it is not as it has to be.
std::optional<Holder> holder_in(const std::string& body) {
    const domain::JsonDocument json(body);
    if (json.fault() || json.root().kind != domain::JsonNode::Kind::object) return std::nullopt;
    std::set<std::string_view> seen;
    Holder holder;
    for (const auto* member = json.root().first(); member != json.root().end();
         member = member->end()) {
        if (!seen.insert(member->key).second) return std::nullopt;
        if (member->key == "subject" && is_name(*member))
            holder.subject = member->text;
        else if (member->key != "roles" || !read_roles(*member, holder.roles))
            return std::nullopt;
    }
    if (holder.subject.empty()) return std::nullopt;
    return holder;
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
    const auto holder = holder_in(request.body);
    if (!holder) {
        return http::problem(
            400, "bad-request", R"(Send {"subject": "<a name>", "roles": ["<at most 16>"]}.)"
        );
    }
    const SignedToken signed_token = sign(holder->subject, holder->roles);
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

#include "gateway/auth/authenticator.hpp"

#include "gateway/http/problem.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace gateway::auth {
namespace {

constexpr std::string_view scheme = "bearer ";

bool is_scheme_letter(char expected, char c) {
    return expected == c || (c >= 'A' && c <= 'Z' && expected == c - 'A' + 'a');
}

std::optional<std::string_view> bearer_token(const http::Request& request) {
    auto value = request.header("authorization");
    if (!value || value->size() < scheme.size()) return std::nullopt;
    if (!std::equal(scheme.begin(), scheme.end(), value->begin(), is_scheme_letter))
        return std::nullopt;
    value->remove_prefix(std::min(value->find_first_not_of(' ', scheme.size()), value->size()));
    return value;
}

std::optional<std::string_view> cookie(const http::Request& request, std::string_view name) {
    for (const auto& [field, value] : request.headers) {
        if (field != "cookie") continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            std::string_view pair = rest.substr(0, rest.find(';'));
            rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
            pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
            if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
                return pair.substr(name.size() + 1);
        }
    }
    return std::nullopt;
}

http::Response unauthorized(std::string_view code, std::string_view detail, std::string challenge) {
    http::Response response = http::problem(401, code, detail);
    response.headers.emplace_back("WWW-Authenticate", std::move(challenge));
    return response;
}

}  // namespace

Authenticator::Authenticator(
    const domain::TokenVerifier& verifier,
    const domain::Clock& clock,
    AuthSettings settings
)
    : verifier_(verifier), clock_(clock), settings_(std::move(settings)) {}

std::variant<domain::VerifiedToken, http::Response>
Authenticator::authenticate(const http::Request& request, bool cookie_allowed) {
    auto token = bearer_token(request);
    if (!token && cookie_allowed) token = cookie(request, settings_.cookie_name);
    if (!token) {
        return unauthorized(
            "token-missing",
            "Send a token in the header \"Authorization: Bearer <token>\".",
            "Bearer"
        );
    }
    auto verified = verify(std::string(*token));
    if (auto* caller = std::get_if<domain::VerifiedToken>(&verified)) return std::move(*caller);
    const auto& refusal = std::get<domain::TokenRefusal>(verified);
    return unauthorized("token-invalid", refusal.message, "Bearer error=\"invalid_token\"");
}

std::variant<domain::VerifiedToken, domain::TokenRefusal> Authenticator::verify(
    const std::string& token
) {
    const domain::Timestamp now = clock_.now();
    if (const auto known = young_.find(token); known != young_.end() && now < known->second.expires)
        return known->second;
    if (const auto known = old_.find(token); known != old_.end() && now < known->second.expires) {
        domain::VerifiedToken caller = known->second;
        keep(token, caller);
        return caller;
    }
    auto verified = verifier_.verify(token, now);
    if (const auto* caller = std::get_if<domain::VerifiedToken>(&verified)) keep(token, *caller);
    return verified;
}

void Authenticator::keep(const std::string& token, const domain::VerifiedToken& caller) {
    if (young_.size() >= settings_.cache_max / 2) {
        old_ = std::move(young_);
        young_.clear();
    }
    young_.insert_or_assign(token, caller);
}

}  // namespace gateway::auth

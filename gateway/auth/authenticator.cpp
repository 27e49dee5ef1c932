#include "gateway/auth/authenticator.hpp"

#include "gateway/http/problem.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

namespace gateway::auth {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view scheme = "bearer ";

/// Between one look for new keys and the next, whoever sends what. A key that comes right behind a
/// look counts so much later.
constexpr auto renew_pause = 100ms;

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

/// What stands in the cookies of this name. A page of a neighbouring domain can set one beside
/// ours, and which of them comes first is up to it.
std::vector<std::string_view> cookies(const http::Request& request, std::string_view name) {
    std::vector<std::string_view> found;
    for (const auto& [field, value] : request.headers) {
        if (field != "cookie") continue;
        std::string_view rest = value;
        while (!rest.empty()) {
            std::string_view pair = rest.substr(0, rest.find(';'));
            rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
            pair.remove_prefix(std::min(pair.find_first_not_of(" \t"), pair.size()));
            if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
                found.push_back(pair.substr(name.size() + 1));
        }
    }
    return found;
}

/// Has the page the origin that the request was sent to? Its scheme is not known here, behind a
/// proxy that ends TLS.
bool is_own_origin(const http::Request& request, std::string_view origin) {
    const auto host = request.header("host");
    const std::size_t scheme_end = origin.find("://");
    return host && !host->empty() && scheme_end != origin.npos &&
           origin.substr(scheme_end + 3) == *host;
}

/// Does the browser say that one of our pages or an allowed one asks? Both headers are out of a
/// page's reach; `none` is a user who typed the address.
bool is_own_page(const http::Request& request, const std::vector<std::string>& allowed) {
    const auto site = request.header("sec-fetch-site");
    if (site == "same-origin" || site == "none") return true;
    const auto origin = request.header("origin");
    if (!origin) return false;
    if (std::find(allowed.begin(), allowed.end(), *origin) != allowed.end()) return true;
    return !site && is_own_origin(request, *origin);
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
    AuthSettings settings,
    std::function<void()> renew_keys
)
    : verifier_(verifier),
      clock_(clock),
      settings_(std::move(settings)),
      renew_keys_(std::move(renew_keys)) {}

std::variant<domain::VerifiedToken, http::Response>
Authenticator::authenticate(const http::Request& request, bool cookie_allowed) {
    auto token = bearer_token(request);
    if (!token && cookie_allowed) {
        const auto found = cookies(request, settings_.cookie_name);
        if (found.size() > 1) {
            return unauthorized(
                "cookie-ambiguous",
                "The cookie of the token came more than once: delete those of other paths and "
                "domains.",
                "Bearer"
            );
        }
        if (!found.empty() && !is_own_page(request, settings_.cookie_origins)) {
            return unauthorized(
                "cookie-of-another-site",
                "The cookie counts only with Sec-Fetch-Site: same-origin or none, or with an "
                "Origin that is allowed: send the token in \"Authorization: Bearer <token>\".",
                "Bearer"
            );
        }
        if (!found.empty()) token = found.front();
    }
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
    if (const auto known = young_.find(token); known != young_.end() && known->second.counts(now))
        return known->second;
    if (const auto known = old_.find(token); known != old_.end() && known->second.counts(now)) {
        domain::VerifiedToken caller = known->second;
        keep(token, caller);
        return caller;
    }
    auto verified = verifier_.verify(token, now);
    if (const auto* refusal = std::get_if<domain::TokenRefusal>(&verified);
        refusal && refusal->key_unknown && keys_renewed())
        verified = verifier_.verify(token, now);
    if (const auto* caller = std::get_if<domain::VerifiedToken>(&verified)) keep(token, *caller);
    return verified;
}

/// False: it is too soon again.
bool Authenticator::keys_renewed() {
    const auto now = clock_.elapsed();
    if (!renew_keys_ || (renewed_at_ && now - *renewed_at_ < renew_pause)) return false;
    renewed_at_ = now;
    renew_keys_();
    return true;
}

void Authenticator::keep(const std::string& token, const domain::VerifiedToken& caller) {
    if (young_.size() >= settings_.cache_max / 2) {
        old_ = std::move(young_);
        young_.clear();
    }
    young_.insert_or_assign(token, caller);
}

}  // namespace gateway::auth

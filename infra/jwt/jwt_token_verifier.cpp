#include "infra/jwt/jwt_token_verifier.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/base64url.hpp"
#include "infra/jwt/jose_header.hpp"
#include "infra/jwt/key_set.hpp"

#include <algorithm>
#include <optional>

namespace infra::jwt {
namespace {

using domain::TokenRefusal;

constexpr std::size_t token_max_bytes = 8 * 1024;

/// The three parts of a JWS in compact form (RFC 7515 7.1).
struct Parts {
    std::string_view header;
    std::string_view claims;
    std::string_view signature;
    std::string_view is_signed;  ///< what the signature is of
};

std::optional<Parts> split(std::string_view token) {
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (first == last || token.find('.', first + 1) != last) return std::nullopt;
    return Parts{
        token.substr(0, first),
        token.substr(first + 1, last - first - 1),
        token.substr(last + 1),
        token.substr(0, last)};
}

}  // namespace

JwtTokenVerifier::JwtTokenVerifier(JwtSettings settings)
    : settings_(std::move(settings)),
      keys_(std::make_shared<KeySet>(settings_.keys, settings_.algorithms)) {}

JwtTokenVerifier::~JwtTokenVerifier() = default;

std::variant<domain::VerifiedToken, TokenRefusal>
JwtTokenVerifier::verify(std::string_view token, domain::Timestamp now) const {
    if (token.size() > token_max_bytes) return TokenRefusal{"The token is longer than 8 KiB."};
    if (std::count(token.begin(), token.end(), '.') == 4)
        return TokenRefusal{"The token is encrypted (JWE): send one that is signed only."};
    const auto parts = split(token);
    const auto header_json = parts ? decode_base64url(parts->header) : std::nullopt;
    if (!header_json) return TokenRefusal{"The token is not a JSON Web Token."};
    auto read = read_header(*header_json, settings_.algorithms);
    if (auto* refusal = std::get_if<TokenRefusal>(&read)) return std::move(*refusal);
    const auto& header = std::get<JoseHeader>(read);

    const auto signature = decode_base64url(parts->signature);
    const auto claims = decode_base64url(parts->claims);
    if (!signature || !claims) return TokenRefusal{"The token is not a JSON Web Token."};
    const auto keys = this->keys();
    const auto suiting = keys->for_token(header.algorithm, header.key_id);
    if (suiting.empty())
        return TokenRefusal{"The token's key (kid) is none that is known here.", true};
    const auto signer = std::find_if(suiting.begin(), suiting.end(), [&](const Key* key) {
        return key->has_signed(parts->is_signed, *signature);
    });
    if (signer == suiting.end()) return TokenRefusal{"The token's signature is not valid."};

    auto verified = read_claims(*claims, settings_.claims, now);
    if (auto* caller = std::get_if<domain::VerifiedToken>(&verified))
        caller->withdrawn = (*signer)->withdrawn();
    return verified;
}

bool JwtTokenVerifier::use(const std::string& keys) {
    if (keys == settings_.keys) return false;
    auto newer = std::make_shared<KeySet>(keys, settings_.algorithms);
    const auto older = this->keys();
    if (newer->is_bare_secret() && !older->is_bare_secret()) {
        throw domain::SetupError(
            "a bare secret does not follow on other keys while a process runs; give a JWK Set"
        );
    }
    settings_.keys = keys;
    newer->adopt(*older);
    {
        const std::lock_guard lock(mutex_);
        keys_ = newer;
    }
    older->withdraw_unless_in(*newer);
    return true;
}

std::vector<std::string> JwtTokenVerifier::faults() const { return keys()->faults(); }

std::shared_ptr<const KeySet> JwtTokenVerifier::keys() const {
    const std::lock_guard lock(mutex_);
    return keys_;
}

}  // namespace infra::jwt

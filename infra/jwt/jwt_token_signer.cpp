#include "infra/jwt/jwt_token_signer.hpp"

#include "infra/jwt/handles.hpp"
#include "infra/jwt/key_set.hpp"

#include <nlohmann/json.hpp>

#include <new>
#include <stdexcept>

namespace infra::jwt {
namespace {

void check(int result) {
    if (result != 0) throw std::invalid_argument("libjwt does not take this claim");
}

long seconds(domain::Timestamp time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

JwtTokenSigner::JwtTokenSigner(const std::string& keys, std::string issuer, std::string audience)
    : issuer_(std::move(issuer)), audience_(std::move(audience)) {
    const Algorithm hs256[] = {Algorithm::hs256};
    const KeySet usable(keys, hs256);
    key_id_ = usable.first().id();
    secret_ = usable.first().material();
}

std::string JwtTokenSigner::sign(
    const std::string& subject,
    domain::Timestamp now,
    std::chrono::seconds valid_for,
    const TokenRoles& roles
) const {
    jwt_t* made = nullptr;
    check(jwt_new(&made));
    const Token token(made);
    check(jwt_add_grant(made, "sub", subject.c_str()));
    check(jwt_add_grant_int(made, "iat", seconds(now)));
    check(jwt_add_grant_int(made, "exp", seconds(now + valid_for)));
    if (!roles.names.empty()) {
        const std::string claim = nlohmann::json{{roles.claim, roles.names}}.dump();
        check(jwt_add_grants_json(made, claim.c_str()));
    }
    if (!issuer_.empty()) check(jwt_add_grant(made, "iss", issuer_.c_str()));
    if (!audience_.empty()) check(jwt_add_grant(made, "aud", audience_.c_str()));
    if (!key_id_.empty()) check(jwt_add_header(made, "kid", key_id_.c_str()));
    const auto* key = reinterpret_cast<const unsigned char*>(secret_.data());
    check(jwt_set_alg(made, JWT_ALG_HS256, key, static_cast<int>(secret_.size())));
    const Text text(jwt_encode_str(made));
    if (text == nullptr) throw std::bad_alloc();
    return text.get();
}

}  // namespace infra::jwt

#include "infra/jwt/jwt_token_signer.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/handles.hpp"

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

JwtTokenSigner::JwtTokenSigner(std::string secret, std::string issuer, std::string audience)
    : secret_(std::move(secret)), issuer_(std::move(issuer)), audience_(std::move(audience)) {
    if (secret_.size() < secret_min_bytes)
        throw domain::SetupError("the secret of HS256 is too short; give one of at least 32 bytes");
}

std::string JwtTokenSigner::sign(
    const std::string& subject,
    domain::Timestamp now,
    std::chrono::seconds valid_for
) const {
    jwt_t* made = nullptr;
    check(jwt_new(&made));
    const Token token(made);
    check(jwt_add_grant(made, "sub", subject.c_str()));
    check(jwt_add_grant_int(made, "iat", seconds(now)));
    check(jwt_add_grant_int(made, "exp", seconds(now + valid_for)));
    if (!issuer_.empty()) check(jwt_add_grant(made, "iss", issuer_.c_str()));
    if (!audience_.empty()) check(jwt_add_grant(made, "aud", audience_.c_str()));
    const auto* key = reinterpret_cast<const unsigned char*>(secret_.data());
    check(jwt_set_alg(made, JWT_ALG_HS256, key, static_cast<int>(secret_.size())));
    const Text text(jwt_encode_str(made));
    if (text == nullptr) throw std::bad_alloc();
    return text.get();
}

}  // namespace infra::jwt

#include "infra/jwt/jwt_token_verifier.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/handles.hpp"

#include <nlohmann/json.hpp>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace infra::jwt {
namespace {

using Json = nlohmann::json;
using domain::TokenRefusal;

constexpr std::size_t token_max_bytes = 8 * 1024;
/// They travel with every command and every event that comes of it.
constexpr std::size_t claims_max_bytes = 4 * 1024;
constexpr std::size_t subject_max_bytes = 255;
constexpr double time_max_seconds = 253402300800;  // the year 10000

std::string_view name_of(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::hs256:
            return "HS256";
        case Algorithm::rs256:
            return "RS256";
        case Algorithm::es256:
            return "ES256";
    }
    return "";
}

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

/// The type of a public key in PEM, as OpenSSL names it; EVP_PKEY_NONE if it is not one.
int type_of_public_key(const std::string& pem) {
    const std::unique_ptr<BIO, FreeBio> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))
    );
    const std::unique_ptr<EVP_PKEY, FreeKey> key(
        PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)
    );
    return key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key.get());
}

void check_key(const JwtSettings& settings) {
    const std::string name(name_of(settings.algorithm));
    if (settings.algorithm == Algorithm::hs256) {
        if (settings.key.size() < secret_min_bytes)
            throw domain::SetupError(
                "the secret of HS256 is too short; give one of at least 32 bytes"
            );
        return;
    }
    const int expected = settings.algorithm == Algorithm::rs256 ? EVP_PKEY_RSA : EVP_PKEY_EC;
    if (type_of_public_key(settings.key) != expected)
        throw domain::SetupError(
            "the key is not a public key of " + name + " in PEM; give that one"
        );
}

Token decode(const std::string& token, const std::string& key) {
    jwt_t* decoded = nullptr;
    const auto* bytes = key.empty() ? nullptr : reinterpret_cast<const unsigned char*>(key.data());
    if (jwt_decode(&decoded, token.c_str(), bytes, static_cast<int>(key.size())) != 0)
        return nullptr;
    return Token(decoded);
}

/// Seconds since 1970; RFC 7519 lets them have a fraction.
std::optional<double> time_claim(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_number()) return std::nullopt;
    return found->get<double>();
}

bool is_for(const Json& claims, const std::string& audience) {
    const auto found = claims.find("aud");
    if (found == claims.end()) return false;
    if (found->is_array()) return std::find(found->begin(), found->end(), audience) != found->end();
    return *found == audience;
}

/// No control characters, of ASCII or (in UTF-8) of Latin-1: it goes to logs and headers.
bool is_subject(const std::string& subject) {
    if (subject.empty() || subject.size() > subject_max_bytes) return false;
    for (std::size_t i = 0; i < subject.size(); ++i) {
        const auto byte = static_cast<unsigned char>(subject[i]);
        if (byte < 0x20 || byte == 0x7f) return false;
        const bool latin_1 = byte == 0xc2 && i + 1 < subject.size();
        if (latin_1 && static_cast<unsigned char>(subject[i + 1]) < 0xa0) return false;
    }
    return true;
}

std::string text_claim(const Json& claims, const char* name) {
    const auto found = claims.find(name);
    return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Algorithm parse_algorithm(std::string_view name) {
    for (const Algorithm algorithm : {Algorithm::hs256, Algorithm::rs256, Algorithm::es256}) {
        if (name == name_of(algorithm)) return algorithm;
    }
    throw domain::SetupError(
        "there is no token algorithm \"" + std::string(name) + "\"; give HS256, RS256 or ES256"
    );
}

JwtTokenVerifier::JwtTokenVerifier(JwtSettings settings) : settings_(std::move(settings)) {
    check_key(settings_);
}

std::variant<domain::VerifiedToken, TokenRefusal>
JwtTokenVerifier::verify(std::string_view token, domain::Timestamp now) const {
    if (token.size() > token_max_bytes) return TokenRefusal{"The token is longer than 8 KiB."};
    // libjwt takes the algorithm from the token. Ours is compared before a key comes into play, so
    // that a public key is never taken for a secret.
    const std::string text(token);
    const Token unverified = decode(text, {});
    if (unverified == nullptr) return TokenRefusal{"The token is not a JSON Web Token."};
    const char* algorithm = jwt_get_header(unverified.get(), "alg");
    if (algorithm == nullptr || algorithm != name_of(settings_.algorithm)) {
        return TokenRefusal{
            "The token must be signed with " + std::string(name_of(settings_.algorithm)) + "."};
    }
    const Token verified = decode(text, settings_.key);
    if (verified == nullptr) return TokenRefusal{"The token's signature is not valid."};

    const Text payload(jwt_get_grants_json(verified.get(), nullptr));
    if (payload == nullptr) return TokenRefusal{"The token has no claims."};
    return verify_claims(payload.get(), now);
}

std::variant<domain::VerifiedToken, TokenRefusal>
JwtTokenVerifier::verify_claims(std::string payload, domain::Timestamp now) const {
    if (payload.size() > claims_max_bytes)
        return TokenRefusal{"The token's claims are longer than 4 KiB."};
    const Json claims = Json::parse(payload, nullptr, false);
    if (!claims.is_object()) return TokenRefusal{"The token has no claims."};

    const std::chrono::duration<double> since_1970 = now.time_since_epoch();
    const double seconds = since_1970.count();
    const auto leeway = static_cast<double>(settings_.leeway.count());
    const auto expires = time_claim(claims, "exp");
    if (!expires || !(*expires > 0 && *expires < time_max_seconds))
        return TokenRefusal{"The token must say when it expires (exp)."};
    if (seconds >= *expires + leeway) return TokenRefusal{"The token has expired."};
    if (claims.contains("nbf")) {
        const auto from = time_claim(claims, "nbf");
        if (!from || seconds < *from - leeway) return TokenRefusal{"The token is not valid yet."};
    }
    const std::string issuer = text_claim(claims, "iss");
    if (!settings_.issuer.empty() && issuer != settings_.issuer)
        return TokenRefusal{"The token is of another issuer (iss)."};
    if (!settings_.audience.empty() && !is_for(claims, settings_.audience))
        return TokenRefusal{"The token is for another audience (aud)."};
    const std::string subject = text_claim(claims, "sub");
    if (!is_subject(subject)) {
        return TokenRefusal{
            "The token must name its user (sub) in 1 to 255 bytes without control characters."};
    }
    const std::chrono::duration<double> until(*expires + leeway);
    return domain::VerifiedToken{
        {subject, std::move(payload)},
        issuer,
        domain::Timestamp(std::chrono::duration_cast<domain::Timestamp::duration>(until)),
    };
}

}  // namespace infra::jwt

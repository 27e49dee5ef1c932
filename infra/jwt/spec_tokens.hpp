#pragma once

#include "infra/jwt/handles.hpp"
#include "infra/jwt/jwt_token_verifier.hpp"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include <string>

/// Keys, and tokens that are signed with them: by libjwt, and byte by byte where it would not.
namespace infra::jwt::spec {

using namespace std::chrono_literals;
using domain::TokenRefusal;
using domain::VerifiedToken;

inline const std::string secret = "0123456789abcdef0123456789abcdef";
inline const domain::Timestamp noon{1'768'478'400s};

struct KeyPair {
    std::string private_pem;
    std::string public_pem;
};

template <class Write>
std::string pem(Write write) {
    const Bio bio(BIO_new(BIO_s_mem()));
    write(bio.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

inline KeyPair pems_of(EVP_PKEY* made) {
    const PublicKey key(made);
    return {
        pem([&](BIO* bio) {
            PEM_write_bio_PrivateKey(bio, made, nullptr, nullptr, 0, nullptr, nullptr);
        }),
        pem([&](BIO* bio) { PEM_write_bio_PUBKEY(bio, made); })};
}

inline const KeyPair& rsa() {
    static const KeyPair pair = pems_of(EVP_RSA_gen(2048));
    return pair;
}
inline const KeyPair& elliptic() {
    static const KeyPair pair = pems_of(EVP_EC_gen("P-256"));
    return pair;
}

/// Of ada, for a minute from noon.
inline std::string claims(const std::string& more = "") {
    return R"({"sub":"ada","exp":1768478460)" + more + "}";
}

inline std::string sign(
    const std::string& json,
    jwt_alg_t algorithm,
    const std::string& key,
    const std::string& kid = ""
) {
    jwt_t* made = nullptr;
    jwt_new(&made);
    const Token token(made);
    EXPECT_EQ(jwt_add_grants_json(made, json.c_str()), 0) << json;
    if (!kid.empty()) jwt_add_header(made, "kid", kid.c_str());
    const auto* bytes = key.empty() ? nullptr : reinterpret_cast<const unsigned char*>(key.data());
    EXPECT_EQ(jwt_set_alg(made, algorithm, bytes, static_cast<int>(key.size())), 0);
    const Text text(jwt_encode_str(made));
    return text.get();
}

inline std::string hs256(const std::string& json) { return sign(json, JWT_ALG_HS256, secret); }

inline std::string base64url(const std::string& bytes) {
    std::string text(4 * (bytes.size() / 3 + 1) + 1, '\0');
    const auto* from = reinterpret_cast<const unsigned char*>(bytes.data());
    auto* to = reinterpret_cast<unsigned char*>(text.data());
    text.resize(static_cast<std::size_t>(EVP_EncodeBlock(to, from, static_cast<int>(bytes.size())))
    );
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text;
}

/// What these two texts are with a good signature of HS256 behind them, whatever they hold.
inline std::string sealed(const std::string& encoded_header, const std::string& encoded_claims) {
    const std::string text = encoded_header + '.' + encoded_claims;
    std::string seal(32, '\0');
    std::size_t size = 0;
    const unsigned char* mac = EVP_Q_mac(
        nullptr,
        "HMAC",
        nullptr,
        "SHA256",
        nullptr,
        secret.data(),
        secret.size(),
        reinterpret_cast<const unsigned char*>(text.data()),
        text.size(),
        reinterpret_cast<unsigned char*>(seal.data()),
        seal.size(),
        &size
    );
    EXPECT_NE(mac, nullptr);
    return text + '.' + base64url(seal);
}

inline std::string sealed(const std::string& json) {
    return sealed(base64url(R"({"alg":"HS256"})"), base64url(json));
}

/// Takes `keys` and no others, in one algorithm.
inline JwtSettings by(Algorithm algorithm, const std::string& keys) {
    return {.algorithms = {algorithm}, .keys = keys};
}

/// The refusal's sentence, or "" when the token is accepted.
inline std::string refusal(
    const std::string& token,
    domain::Timestamp now = noon,
    const JwtSettings& settings = {.keys = secret}
) {
    const auto result = JwtTokenVerifier(settings).verify(token, now);
    const auto* refused = std::get_if<TokenRefusal>(&result);
    return refused == nullptr ? "" : refused->message;
}

}  // namespace infra::jwt::spec

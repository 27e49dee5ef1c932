#include "domain/kernel/error.hpp"
#include "infra/jwt/handles.hpp"
#include "infra/jwt/jwt_key.hpp"
#include "infra/jwt/jwt_token_signer.hpp"
#include "infra/jwt/jwt_token_verifier.hpp"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace infra::jwt {
namespace {

using namespace std::chrono_literals;
using domain::TokenRefusal;
using domain::VerifiedToken;

const std::string secret = "0123456789abcdef0123456789abcdef";
const domain::Timestamp noon{1'768'478'400s};

struct KeyPair {
    std::string private_pem;
    std::string public_pem;
};

template <class Write>
std::string pem(Write write) {
    BIO* bio = BIO_new(BIO_s_mem());
    write(bio);
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string text(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return text;
}

KeyPair pems_of(EVP_PKEY* key) {
    KeyPair pair{
        pem([&](BIO* bio) {
            PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
        }),
        pem([&](BIO* bio) { PEM_write_bio_PUBKEY(bio, key); })};
    EVP_PKEY_free(key);
    return pair;
}

const KeyPair& rsa() {
    static const KeyPair pair = pems_of(EVP_RSA_gen(2048));
    return pair;
}
const KeyPair& elliptic() {
    static const KeyPair pair = pems_of(EVP_EC_gen("P-256"));
    return pair;
}

std::string claims(const std::string& more = "") {
    return R"({"sub":"ada","exp":1768478460)" + more + "}";
}

std::string sign(const std::string& json, jwt_alg_t algorithm, const std::string& key) {
    jwt_t* made = nullptr;
    jwt_new(&made);
    const Token token(made);
    EXPECT_EQ(jwt_add_grants_json(made, json.c_str()), 0) << json;
    const auto* bytes = key.empty() ? nullptr : reinterpret_cast<const unsigned char*>(key.data());
    EXPECT_EQ(jwt_set_alg(made, algorithm, bytes, static_cast<int>(key.size())), 0);
    const Text text(jwt_encode_str(made));
    return text.get();
}

std::string hs256(const std::string& json) { return sign(json, JWT_ALG_HS256, secret); }

/// The refusal's sentence, or "" when the token is accepted.
std::string refusal(
    const std::string& token,
    domain::Timestamp now = noon,
    const JwtSettings& settings = {.key = secret}
) {
    const auto result = JwtTokenVerifier(settings).verify(token, now);
    const auto* refused = std::get_if<TokenRefusal>(&result);
    return refused == nullptr ? "" : refused->message;
}

TEST(JwtTokenVerifier, TellsWhoItIs) {
    const JwtTokenVerifier verifier({.key = secret});
    const auto result = verifier.verify(hs256(claims(R"(,"iss":"me","roles":["a"])")), noon);
    const auto& token = std::get<VerifiedToken>(result);
    EXPECT_EQ(token.issuer.subject, "ada");
    EXPECT_EQ(token.issuer.claims, R"({"exp":1768478460,"iss":"me","roles":["a"],"sub":"ada"})");
    EXPECT_EQ(token.token_issuer, "me");
    EXPECT_EQ(token.expires, noon + 60s + 30s);
}

TEST(JwtTokenVerifier, TakesItsOwnAlgorithmOnly) {
    const JwtSettings rs256{.algorithm = Algorithm::rs256, .key = rsa().public_pem};
    const JwtSettings es256{.algorithm = Algorithm::es256, .key = elliptic().public_pem};
    const std::string by_rsa = sign(claims(), JWT_ALG_RS256, rsa().private_pem);
    const std::string by_curve = sign(claims(), JWT_ALG_ES256, elliptic().private_pem);
    EXPECT_EQ(refusal(by_rsa, noon, rs256), "");
    EXPECT_EQ(refusal(by_curve, noon, es256), "");

    const std::string other_algorithm = "The token must be signed with ";
    EXPECT_EQ(refusal(by_curve, noon, rs256), other_algorithm + "RS256.");
    EXPECT_EQ(refusal(by_rsa, noon, es256), other_algorithm + "ES256.");
    EXPECT_EQ(refusal(by_rsa), other_algorithm + "HS256.");
    EXPECT_EQ(refusal(sign(claims(), JWT_ALG_HS512, secret)), other_algorithm + "HS256.");
    EXPECT_EQ(refusal(sign(claims(), JWT_ALG_NONE, "")), other_algorithm + "HS256.");
    // The public key is known to everybody, and must not do as a secret.
    const std::string confused = sign(claims(), JWT_ALG_HS256, rsa().public_pem);
    EXPECT_EQ(refusal(confused, noon, rs256), other_algorithm + "RS256.");
}

TEST(JwtTokenVerifier, RefusesOtherKeysAndChangedTokens) {
    const std::string wrong = "The token's signature is not valid.";
    EXPECT_EQ(refusal(sign(claims(), JWT_ALG_HS256, std::string(32, 'x'))), wrong);
    const std::string other_rsa =
        sign(claims(), JWT_ALG_RS256, pems_of(EVP_RSA_gen(2048)).private_pem);
    EXPECT_EQ(
        refusal(other_rsa, noon, {.algorithm = Algorithm::rs256, .key = rsa().public_pem}), wrong
    );
    const std::string good = hs256(claims());
    const std::string eve = hs256(R"({"sub":"eve","exp":1768478460})");
    const std::string mixed = eve.substr(0, eve.rfind('.')) + good.substr(good.rfind('.'));
    EXPECT_EQ(refusal(mixed), wrong);
    EXPECT_EQ(refusal(good.substr(0, good.rfind('.') + 1)), wrong);
}

TEST(JwtTokenVerifier, RefusesWhatIsNoToken) {
    for (const char* token :
         {"", ".", "..", "a.b.c", "x", "eyJhbGciOiJIUzI1NiJ9", "\xff.\xff.\xff"})
        EXPECT_EQ(refusal(token), "The token is not a JSON Web Token.") << token;
    EXPECT_EQ(refusal(std::string(8 * 1024 + 1, 'a')), "The token is longer than 8 KiB.");
    EXPECT_EQ(
        refusal(hs256(claims(R"(,"x":")" + std::string(4'200, 'x') + '"'))),
        "The token's claims are longer than 4 KiB."
    );
}

TEST(JwtTokenVerifier, LooksAtTheTime) {
    const std::string token = hs256(claims(R"(,"nbf":1768478400)"));
    EXPECT_EQ(refusal(token, noon + 89s), "");
    EXPECT_EQ(refusal(token, noon + 90s), "The token has expired.");
    EXPECT_EQ(refusal(token, noon - 30s), "");
    EXPECT_EQ(refusal(token, noon - 31s), "The token is not valid yet.");
    const std::string endless = "The token must say when it expires (exp).";
    for (const char* json :
         {R"({"sub":"ada"})",
          R"({"sub":"ada","exp":"1768478460"})",
          R"({"sub":"ada","exp":0})",
          R"({"sub":"ada","exp":1e300})"})
        EXPECT_EQ(refusal(hs256(json)), endless) << json;
    EXPECT_EQ(refusal(hs256(R"({"sub":"ada","exp":1768478460.5})")), "");
    EXPECT_EQ(refusal(hs256(claims(R"(,"nbf":"x")"))), "The token is not valid yet.");
}

TEST(JwtTokenVerifier, LooksAtIssuerAndAudience) {
    const JwtSettings strict{.key = secret, .issuer = "me", .audience = "us"};
    const std::string audience = "The token is for another audience (aud).";
    EXPECT_EQ(refusal(hs256(claims(R"(,"iss":"me","aud":"us")")), noon, strict), "");
    EXPECT_EQ(refusal(hs256(claims(R"(,"iss":"me","aud":["we","us"])")), noon, strict), "");
    EXPECT_EQ(refusal(hs256(claims(R"(,"iss":"me","aud":"u")")), noon, strict), audience);
    EXPECT_EQ(refusal(hs256(claims(R"(,"iss":"me","aud":[])")), noon, strict), audience);
    EXPECT_EQ(refusal(hs256(claims(R"(,"iss":"me")")), noon, strict), audience);
    EXPECT_EQ(
        refusal(hs256(claims(R"(,"iss":"you","aud":"us")")), noon, strict),
        "The token is of another issuer (iss)."
    );
    EXPECT_EQ(
        refusal(hs256(claims(R"(,"aud":"us")")), noon, strict),
        "The token is of another issuer (iss)."
    );
    EXPECT_EQ(refusal(hs256(claims(R"(,"iss":"you","aud":"them")"))), "");
}

TEST(JwtTokenVerifier, WantsAUsableSubject) {
    const auto subject = [](const std::string& json) {
        return refusal(hs256(R"({"exp":1768478460,"sub":)" + json + "}"));
    };
    for (const std::string& json :
         {std::string("\"\""),
          std::string("1"),
          std::string("null"),
          std::string(R"("a\nb")"),
          std::string(R"("\u007f")"),
          std::string(R"("\u0085")"),
          '"' + std::string(256, 's') + '"'})
        EXPECT_NE(subject(json).find("(sub)"), std::string::npos) << json;
    EXPECT_EQ(subject('"' + std::string(255, 's') + '"'), "");
    EXPECT_EQ(subject(R"("Ada Lovelace <ada@example.org> \u00e4\u00a0")"), "");
    EXPECT_NE(refusal(hs256(R"({"exp":1768478460})")).find("(sub)"), std::string::npos);
}

TEST(JwtTokenVerifier, RefusesAKeyThatDoesNotSuit) {
    const auto fault = [](JwtSettings settings) {
        try {
            const JwtTokenVerifier verifier(std::move(settings));
        } catch (const domain::SetupError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(
        fault({.key = "short"}), "the secret of HS256 is too short; give one of at least 32 bytes"
    );
    const std::string no_key = "the key is not a public key of RS256 in PEM; give that one";
    EXPECT_EQ(fault({.algorithm = Algorithm::rs256, .key = secret}), no_key);
    EXPECT_EQ(fault({.algorithm = Algorithm::rs256, .key = elliptic().public_pem}), no_key);
    EXPECT_EQ(fault({.algorithm = Algorithm::rs256, .key = rsa().private_pem}), no_key);
    EXPECT_THROW(parse_algorithm("none"), domain::SetupError);
    EXPECT_EQ(parse_algorithm("ES256"), Algorithm::es256);
}

TEST(JwtTokenSigner, SignsWhatTheVerifierTakes) {
    const JwtTokenSigner signer(secret, "me", "us");
    const std::string token = signer.sign("ada", noon, 60s);
    EXPECT_EQ(refusal(token, noon, {.key = secret, .issuer = "me", .audience = "us"}), "");
    EXPECT_EQ(refusal(token, noon + 90s), "The token has expired.");
    EXPECT_THROW(JwtTokenSigner("short"), domain::SetupError);
}

TEST(JwtKey, IsTheContentOfAFile) {
    const auto file =
        std::filesystem::temp_directory_path() / ("jwt_spec." + std::to_string(getpid()) + ".key");
    std::ofstream(file) << secret << '\n';
    EXPECT_EQ(load_key(file.string()), secret);
    std::ofstream(file) << "\n";
    EXPECT_THROW(load_key(file.string()), domain::SetupError);
    std::filesystem::remove(file);
    EXPECT_THROW(load_key(file.string()), domain::SetupError);
    EXPECT_THROW(load_key(std::filesystem::temp_directory_path().string()), domain::SetupError);
}

}  // namespace
}  // namespace infra::jwt

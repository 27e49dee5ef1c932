#include "domain/kernel/error.hpp"
#include "infra/jwt/jwt_key.hpp"
#include "infra/jwt/jwt_token_signer.hpp"
#include "infra/jwt/spec_tokens.hpp"

#include <filesystem>
#include <fstream>
#include <random>
#include <unistd.h>

namespace infra::jwt {
namespace {

using namespace spec;

TEST(JwtTokenVerifier, TellsWhoItIs) {
    const JwtTokenVerifier verifier({.keys = secret});
    const auto result = verifier.verify(hs256(claims(R"(,"iss":"me","roles":["a"])")), noon);
    const auto& token = std::get<VerifiedToken>(result);
    EXPECT_EQ(token.issuer.subject, "ada");
    EXPECT_EQ(token.issuer.claims, R"({"iss":"me","roles":["a"],"sub":"ada"})");
    EXPECT_EQ(token.issuer.token_issuer, "me");
    EXPECT_EQ(token.expires, noon + 60s + 30s);
}

TEST(JwtTokenVerifier, TakesItsOwnAlgorithmOnly) {
    const JwtSettings rs256 = by(Algorithm::rs256, rsa().public_pem);
    const JwtSettings es256 = by(Algorithm::es256, elliptic().public_pem);
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
    EXPECT_EQ(refusal(other_rsa, noon, by(Algorithm::rs256, rsa().public_pem)), wrong);
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
    EXPECT_EQ(refusal("a.b.c.d.e"), "The token is encrypted (JWE): send one that is signed only.");
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
    const JwtSettings strict{.keys = secret, .claims = {.issuer = "me", .audience = "us"}};
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

// From one seed: pieces of a good token are changed, cut, doubled and mixed.
TEST(JwtTokenVerifier, TakesNothingThatWasTamperedWith) {
    const std::string keys = R"({"keys":[{"kty":"oct","kid":"a","k":")" + base64url(secret) +
                             R"("},{"kty":"oct","k":")" + base64url(std::string(32, 'x')) +
                             R"("}]})";
    const JwtTokenVerifier verifier({.keys = keys});
    const std::string good =
        sign(claims(R"(,"iss":"me","aud":["us"])"), JWT_ALG_HS256, secret, "a");
    ASSERT_TRUE(std::holds_alternative<VerifiedToken>(verifier.verify(good, noon)));
    std::mt19937 random(9);
    const auto below = [&](std::size_t limit) { return random() % limit; };
    constexpr std::string_view odd = ".=-_AaZ0+/ \n\x00\xff{}\"";
    for (int i = 0; i < 20'000; ++i) {
        std::string token = good;
        for (std::size_t changes = 1 + below(3); changes > 0; --changes) {
            const std::size_t at = below(token.size());
            const std::size_t size = below(token.size() - at);
            switch (below(4)) {
                case 0:
                    token[at] = odd[below(odd.size())];
                    break;
                case 1:
                    token.erase(at, size);
                    break;
                case 2:
                    token.insert(at, token.substr(below(token.size()), size));
                    break;
                default:
                    token[at] = static_cast<char>(random());
            }
            if (token.empty()) token = ".";
        }
        if (token == good) continue;
        ASSERT_TRUE(std::holds_alternative<TokenRefusal>(verifier.verify(token, noon))) << token;
    }
}

TEST(JwtTokenSigner, SignsWhatTheVerifierTakes) {
    const JwtTokenSigner signer(secret, "me", "us");
    const std::string token = signer.sign("ada", noon, 60s, {"roles", {"clerk", "\"boss\""}});
    EXPECT_EQ(refusal(token, noon, {.keys = secret, .claims = {"me", "us"}}), "");
    EXPECT_EQ(refusal(token, noon + 90s), "The token has expired.");
    const JwtTokenVerifier verifier({.keys = secret, .claims = {"me", "us"}});
    EXPECT_EQ(
        std::get<domain::VerifiedToken>(verifier.verify(token, noon)).issuer.claims,
        R"({"iss":"me","roles":["clerk","\"boss\""],"sub":"ada"})"
    );
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

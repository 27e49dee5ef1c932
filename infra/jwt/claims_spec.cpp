#include "infra/jwt/spec_tokens.hpp"

namespace infra::jwt {
namespace {

using namespace spec;

JwtSettings with(ClaimRules rules) { return {.keys = secret, .claims = std::move(rules)}; }

TEST(Claims, EndSoonEnough) {
    const JwtSettings an_hour = with({.lifetime_max = 1h});
    const auto token = [](std::int64_t exp, const std::string& more = "") {
        return sealed(R"({"sub":"ada","exp":)" + std::to_string(exp) + more + "}");
    };
    constexpr std::int64_t now = 1'768'478'400;
    const std::string too_long =
        "The token is valid for too long (exp): 3600 seconds are the most.";
    EXPECT_EQ(refusal(token(now + 3'630), noon, an_hour), "");
    EXPECT_EQ(refusal(token(now + 3'631), noon, an_hour), too_long);
    // An old one has not become shorter by getting old.
    EXPECT_EQ(refusal(token(now + 60, R"(,"iat":1768474860)"), noon, an_hour), "");
    EXPECT_EQ(refusal(token(now + 60, R"(,"iat":1768474859)"), noon, an_hour), too_long);
    EXPECT_EQ(refusal(token(now + 7'200, R"(,"iat":1768485000)"), noon, an_hour), too_long);
    EXPECT_EQ(refusal(token(now + 86'400 * 3'650), noon, with({.lifetime_max = 0s})), "");
    EXPECT_EQ(
        refusal(token(now + 86'400 * 2)),
        "The token is valid for too long (exp): 86400 "
        "seconds are the most."
    );
    for (const char* issued : {R"("x")", "null", "true", "[]"})
        EXPECT_NE(refusal(token(now + 60, R"(,"iat":)" + std::string(issued))), "") << issued;
}

// RFC 7519 2: a NumericDate is a number, whole or not.
TEST(Claims, TakeAnyNumberForATime) {
    const auto at = [](const std::string& exp) {
        return refusal(sealed(R"({"sub":"ada","exp":)" + exp + "}"));
    };
    EXPECT_EQ(at("1768478460.25"), "");
    EXPECT_EQ(at("1.76847846e9"), "");
    const std::string endless = "The token must say when it expires (exp).";
    for (const char* exp : {"-1", "-1e300", "1e18", "99999999999999999999999", "true", "null"})
        EXPECT_EQ(at(exp), endless) << exp;
    EXPECT_NE(at("1e400"), "");
    EXPECT_EQ(refusal(sealed(claims(R"(,"nbf":-1e9)"))), "");
    EXPECT_EQ(refusal(sealed(claims(R"(,"nbf":1e300)"))), "The token is not valid yet.");
}

TEST(Claims, NameTheIssuerInOneWord) {
    const auto issuer = [](const std::string& json) {
        return refusal(sealed(claims(R"(,"iss":)" + json)));
    };
    EXPECT_EQ(issuer(R"("https://login.example/realms/a?b=c#d")"), "");
    EXPECT_EQ(issuer('"' + std::string(255, 'i') + '"'), "");
    for (const std::string& json :
         {std::string(R"("")"),
          std::string(R"("a b")"),
          std::string(R"(" a")"),
          std::string(R"("a\tb")"),
          std::string(R"("a\u0000")"),
          std::string(R"("\u0085")"),
          std::string("7"),
          std::string("null"),
          std::string(R"(["me"])"),
          '"' + std::string(256, 'i') + '"'})
        EXPECT_NE(issuer(json).find("(iss)"), std::string::npos) << json;
}

TEST(Claims, NameTheAudienceAlone) {
    const JwtSettings us = with({.audience = "us"});
    for (const char* audience : {R"([["us"]])", R"({"us":1})", "7", "null", R"("US")", R"("us ")"})
        EXPECT_NE(refusal(sealed(claims(R"(,"aud":)" + std::string(audience))), noon, us), "");
    EXPECT_EQ(refusal(sealed(claims(R"(,"aud":["a","us",7])")), noon, us), "");
}

/// What goes on with a command.
std::string kept(std::vector<std::string> names, const std::string& more) {
    const JwtTokenVerifier verifier(with({.kept = std::move(names)}));
    return std::get<VerifiedToken>(verifier.verify(sealed(claims(more)), noon)).issuer.claims;
}

TEST(Claims, GoOnWhereTheyAreNamed) {
    const std::string more =
        R"(,"iss":"me","email":"ada@example.org","realm_access":{"roles":["a"],"x":1},)"
        R"("https://example.org/roles":["b"],"roles":["c"])";
    EXPECT_EQ(kept({"iss", "sub", "roles"}, more), R"({"iss":"me","roles":["c"],"sub":"ada"})");
    EXPECT_EQ(kept({"sub", "absent", "email.x", "x.y"}, more), R"({"sub":"ada"})");
    EXPECT_EQ(kept({"realm_access.roles"}, more), R"({"realm_access":{"roles":["a"]}})");
    EXPECT_EQ(
        kept({"realm_access.roles", "realm_access.x", "realm_access.y"}, more),
        R"({"realm_access":{"roles":["a"],"x":1}})"
    );
    EXPECT_EQ(kept({"https://example.org/roles"}, more), R"({"https://example.org/roles":["b"]})");
    EXPECT_EQ(kept({}, more), "{}");
}

TEST(Claims, AreShortWhereTheyGoOn) {
    const std::string long_text = '"' + std::string(4'200, 'x') + '"';
    EXPECT_EQ(refusal(sealed(claims(R"(,"picture":)" + long_text))), "");
    EXPECT_EQ(
        refusal(sealed(claims(R"(,"roles":)" + long_text))),
        "The token's claims that go on with a command are longer than 4 KiB together."
    );
}

}  // namespace
}  // namespace infra::jwt

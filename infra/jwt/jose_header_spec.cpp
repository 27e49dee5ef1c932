#include "infra/jwt/spec_tokens.hpp"

namespace infra::jwt {
namespace {

using namespace spec;

/// With this header and a good signature.
std::string with_header(const std::string& json) {
    return refusal(sealed(base64url(json), base64url(claims())));
}

/// With these members beside the algorithm.
std::string with(const std::string& members) {
    return with_header(R"({"alg":"HS256",)" + members + "}");
}

const std::string no_token = "The token is not a JSON Web Token.";

// RFC 7515 4.1.11: what must be understood and is not makes the token invalid, whatever it is.
TEST(JoseHeader, UnderstandsNothingThatIsCritical) {
    for (const char* members :
         {R"("crit":["exp"],"exp":1768478460)",
          R"("crit":["http://example.org/x"],"http://example.org/x":true)",
          R"("crit":["b64"],"b64":true)",
          R"("crit":["b64"],"b64":false)",
          R"("crit":["absent"])",
          R"("crit":[])",
          R"("crit":null)",
          R"("crit":"alg")"})
        EXPECT_NE(with(members).find("(crit)"), std::string::npos) << members;
}

// RFC 7797 6: without `crit` it would be read in two ways.
TEST(JoseHeader, WantsTheClaimsInBase64url) {
    EXPECT_EQ(with(R"("b64":true)"), "");
    EXPECT_EQ(with(R"("b64":false)"), "The token's claims must be in base64url (b64).");
    EXPECT_EQ(with(R"("b64":0)"), "The token's claims must be in base64url (b64).");
}

// RFC 9068 2.1, RFC 7519 5.1, RFC 7515 4.1.9.
TEST(JoseHeader, TakesTheTypesOfAccessTokens) {
    for (const char* type :
         {"JWT",
          "jwt",
          "Jwt",
          "at+jwt",
          "AT+JWT",
          "application/jwt",
          "application/at+jwt",
          "APPLICATION/At+Jwt"})
        EXPECT_EQ(with(R"("typ":")" + std::string(type) + '"'), "") << type;
    EXPECT_EQ(with_header(R"({"alg":"HS256"})"), "");
    for (const char* type :
         {R"("")",
          R"("JWE")",
          R"("JOSE")",
          R"("id+jwt")",
          R"("dpop+jwt")",
          R"("logout+jwt")",
          R"("text/jwt")",
          R"("application/application/jwt")",
          R"("jwt; charset=utf-8")",
          R"(" jwt")",
          R"("\u0131wt")",
          "7",
          "null",
          R"(["JWT"])"})
        EXPECT_NE(with(R"("typ":)" + std::string(type)).find("(typ)"), std::string::npos) << type;
}

// RFC 7519 5.2.
TEST(JoseHeader, TakesNoTokenInAToken) {
    for (const char* type : {"JWT", "jwt", "application/JWT"})
        EXPECT_NE(with(R"("cty":")" + std::string(type) + '"').find("(cty)"), std::string::npos);
    EXPECT_EQ(with(R"("cty":"json")"), "");
}

TEST(JoseHeader, WantsTheKeysNameToBeAText) {
    EXPECT_EQ(with(R"("kid":"any")"), "");
    for (const char* name : {"7", "null", "[]", R"({"a":1})"})
        EXPECT_NE(with(R"("kid":)" + std::string(name)).find("(kid)"), std::string::npos) << name;
}

TEST(JoseHeader, WantsItsAlgorithmAsItIsWritten) {
    for (const char* json :
         {"{}",
          R"({"alg":"hs256"})",
          R"({"alg":"HS256 "})",
          R"({"alg":["HS256"]})",
          R"({"alg":null})",
          R"({"alg":"none"})",
          R"({"alg":"nOnE"})",
          R"({"alg":""})"})
        EXPECT_EQ(with_header(json), "The token must be signed with HS256.") << json;
}

// RFC 7515 4, RFC 7519 4: which of the two would count is anybody's guess.
TEST(JoseHeader, HasEachNameOnce) {
    EXPECT_EQ(with(R"("alg":"HS256")"), no_token);
    EXPECT_EQ(with(R"("kid":"a","kid":"b")"), no_token);
    EXPECT_EQ(with(R"("x":{"y":1,"y":1})"), no_token);
    EXPECT_EQ(with(R"("x":[{"y":1},{"y":1}],"y":{"x":1})"), "");
    const auto twice = base64url(R"({"sub":"ada","exp":1768478460,"sub":"eve"})");
    EXPECT_EQ(
        refusal(sealed(base64url(R"({"alg":"HS256"})"), twice)),
        "The token's claims are not a JSON object with each name once."
    );
}

TEST(JoseHeader, IsOneJsonObject) {
    using namespace std::string_literals;
    for (const std::string& json :
         {""s,
          "[]"s,
          "7"s,
          "null"s,
          R"("a")"s,
          R"({"alg":"HS256"} {})"s,
          R"({"alg":"HS256",})"s,
          "\xef\xbb\xbf{\"alg\":\"HS256\"}"s,
          "{\"alg\":\"HS256\"}\0"s,
          "{\"alg\":\"HS256\",\"x\":\"\xff\"}"s,
          R"({"alg":"HS256","x":)" + std::string(2'000, '[') + std::string(2'000, ']') + "}"})
        EXPECT_EQ(with_header(json), no_token) << json.substr(0, 40);
}

// RFC 7515 2: no padding, no line ends; RFC 4648 3.5: and no bits that say nothing.
TEST(Base64url, HasOneSpelling) {
    const std::string header = base64url(R"({"alg":"HS256","a":1})");
    const std::string body = base64url(claims());
    EXPECT_EQ(refusal(sealed(header, body)), "");
    for (const std::string& other : {header + "=", header + "==", header + "\n", " " + header})
        EXPECT_EQ(refusal(sealed(other, body)), no_token) << other;
    std::string stray = base64url(R"({"alg":"HS256","a":12})");
    ASSERT_EQ(stray.size() % 4, 2U);
    EXPECT_EQ(refusal(sealed(stray, body)), "");
    ++stray.back();
    EXPECT_EQ(refusal(sealed(stray, body)), no_token);
    EXPECT_EQ(refusal(sealed(header + "A", body + "A")), no_token);
    std::string bent = sealed(header, body);
    ++bent.back();  // 32 bytes leave two bits over
    EXPECT_EQ(refusal(bent), no_token);
}

}  // namespace
}  // namespace infra::jwt

#include "infra/jwt/base64url.hpp"
#include "infra/jwt/secret_text.hpp"
#include "infra/jwt/spec_tokens.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace infra::jwt {
namespace {

TEST(SecretText, IsARandomLineOrRandomBytes) {
    for (const char* line :
         {"0123456789abcdef0123456789abcdef",
          "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
          "/83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA",
          "_83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWe-A",
          "hT7$k!wQ2@zR9#mV4%xN6^bL8&cJ1*pF"}) {
        EXPECT_TRUE(may_be_secret(line)) << line;
    }
    std::mt19937 random(7);
    for (int i = 0; i < 10'000; ++i) {
        std::string bytes(32, ' ');
        for (char& byte : bytes) byte = static_cast<char>(random());
        ASSERT_TRUE(may_be_secret(bytes)) << i;
    }
}

std::string utf_16(const std::string& text, bool mark) {
    std::string wide = mark ? "\xff\xfe" : "";
    for (const char c : text) wide += {c, '\0'};
    return wide;
}

/// What comes to stand in a file of public keys, and is known to whoever reads it where it is from.
TEST(SecretText, IsNothingThatOthersKnow) {
    const std::string pem = spec::rsa().public_pem;
    const std::string body = pem.substr(pem.find('\n') + 1, 256);
    std::string unfolded = pem.substr(pem.find('\n') + 1);
    unfolded.resize(unfolded.find("-----"));
    std::erase(unfolded, '\n');
    const std::string jwks =
        R"({"keys":[{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2"})"
        R"(,{"kty":"oct","kid":"x","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"}]})";
    for (const std::string& text :
         {std::string(64, ' '),
          std::string("null") + std::string(40, ' '),
          '"' + std::string(40, 'a') + '"',
          "[" + jwks + "]",
          "\xef\xbb\xbf" + jwks,
          "// ours\n" + jwks,
          jwks.substr(jwks.size() / 2),
          utf_16(jwks, true),
          utf_16(jwks, false),
          utf_16(pem, true),
          body,
          unfolded,
          "-----BeginPublicKey-----" + unfolded,
          std::string("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ ada@example"),
          std::string("https://idp.example/.well-known/jwks.json"),
          std::string("<html><head><title>502 Bad Gateway</title></head></html>"),
          std::string("<html><p>Der Dienst ist zur Zeit nicht verf\xc3\xbcgbar.</p></html>"),
          std::string("<html><p>Der Dienst ist zur Zeit nicht verf\xfcgbar.</p></html>"),
          std::string("keys:\n  - kty: RSA\n    n: 0vx7agoebGcQSuuPiLJXZptN9nndrQ")}) {
        EXPECT_FALSE(may_be_secret(text)) << text;
    }
    std::string der = unfolded;
    while (der.ends_with('=')) der.pop_back();
    std::ranges::replace(der, '+', '-');
    std::ranges::replace(der, '/', '_');
    EXPECT_FALSE(may_be_secret(decode_base64url(der).value()));
}

}  // namespace
}  // namespace infra::jwt

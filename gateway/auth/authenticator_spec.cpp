#include "gateway/auth/authenticator.hpp"
#include "infra/memory/manual_clock.hpp"

#include <gtest/gtest.h>

namespace gateway::auth {
namespace {

using namespace std::chrono_literals;
using http::Request;
using http::Response;

/// Takes "good-<subject>" for a minute, and counts how often it is asked.
class ExampleVerifier : public domain::TokenVerifier {
  public:
    std::variant<domain::VerifiedToken, domain::TokenRefusal>
    verify(std::string_view token, domain::Timestamp now) const override {
        ++asked;
        if (!token.starts_with("good-")) return domain::TokenRefusal{"It is not good."};
        return domain::VerifiedToken{{std::string(token.substr(5)), "{}"}, "issuer", now + 60s};
    }
    mutable int asked = 0;
};

class AuthenticatorSpec : public ::testing::Test {
  protected:
    /// The subject, or the status of the refusal.
    std::string who(std::string header, std::string value, bool cookie_allowed = false) {
        Request request;
        request.headers.emplace_back(std::move(header), std::move(value));
        const auto result = authenticator_.authenticate(request, cookie_allowed);
        if (const auto* caller = std::get_if<domain::VerifiedToken>(&result))
            return caller->issuer.subject;
        return std::to_string(std::get<Response>(result).status);
    }

    ExampleVerifier verifier_;
    infra::memory::ManualClock clock_;
    Authenticator authenticator_{verifier_, clock_, {.cookie_name = "t", .cache_max = 4}};
};

TEST_F(AuthenticatorSpec, TakesABearer) {
    EXPECT_EQ(who("authorization", "Bearer good-ada"), "ada");
    EXPECT_EQ(who("authorization", "bearer  good-ada"), "ada");
    for (const char* value : {"", "Bearer", "Bearer ", "Basic good-ada", "good-ada", "Bearer bad"})
        EXPECT_EQ(who("authorization", value), "401") << value;
}

TEST_F(AuthenticatorSpec, TakesTheCookieOnlyWhereAllowed) {
    EXPECT_EQ(who("cookie", "t=good-ada"), "401");
    EXPECT_EQ(who("cookie", "t=good-ada", true), "ada");
    EXPECT_EQ(who("cookie", "x=1; tt=good-eve; t=good-ada; y", true), "ada");
    EXPECT_EQ(who("cookie", "tt=good-ada", true), "401");
    EXPECT_EQ(who("cookie", "t", true), "401");
}

TEST_F(AuthenticatorSpec, SaysWhyNot) {
    Request request;
    const auto missing = std::get<Response>(authenticator_.authenticate(request));
    EXPECT_NE(missing.body.find("token-missing"), std::string::npos);
    EXPECT_EQ(missing.headers, (http::Fields{{"WWW-Authenticate", "Bearer"}}));

    request.headers = {{"authorization", "Bearer bad"}};
    const auto invalid = std::get<Response>(authenticator_.authenticate(request));
    EXPECT_NE(invalid.body.find("It is not good."), std::string::npos);
    EXPECT_EQ(
        invalid.headers, (http::Fields{{"WWW-Authenticate", "Bearer error=\"invalid_token\""}})
    );
}

TEST_F(AuthenticatorSpec, VerifiesATokenOnceUntilItExpires) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(who("authorization", "Bearer good-ada"), "ada");
    EXPECT_EQ(verifier_.asked, 1);
    clock_.advance(59'999ms);
    who("authorization", "Bearer good-ada");
    EXPECT_EQ(verifier_.asked, 1);
    clock_.advance(1ms);
    who("authorization", "Bearer good-ada");
    EXPECT_EQ(verifier_.asked, 2);
}

TEST_F(AuthenticatorSpec, VerifiesABadTokenEachTime) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(who("authorization", "Bearer bad"), "401");
    EXPECT_EQ(verifier_.asked, 3);
}

TEST_F(AuthenticatorSpec, ForgetsTheTokensNotInUse) {
    for (int i = 0; i < 20; ++i) {
        who("authorization", "Bearer good-often");
        who("authorization", "Bearer good-" + std::to_string(i));
    }
    EXPECT_EQ(verifier_.asked, 21);
    who("authorization", "Bearer good-0");
    EXPECT_EQ(verifier_.asked, 22);
}

}  // namespace
}  // namespace gateway::auth

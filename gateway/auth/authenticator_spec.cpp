#include "gateway/auth/authenticator.hpp"
#include "infra/memory/manual_clock.hpp"

#include <gtest/gtest.h>

namespace gateway::auth {
namespace {

using namespace std::chrono_literals;
using http::Request;
using http::Response;

/// Takes "good-<subject>" for a minute, and "new-<subject>" where it has the new key, too. Counts
/// how often it is asked.
class ExampleVerifier : public domain::TokenVerifier {
  public:
    std::variant<domain::VerifiedToken, domain::TokenRefusal>
    verify(std::string_view token, domain::Timestamp now) const override {
        ++asked;
        const bool is_new = token.starts_with("new-");
        if (is_new && !has_new_key) return domain::TokenRefusal{"Its key is unknown.", true};
        if (!is_new && !token.starts_with("good-")) return domain::TokenRefusal{"It is not good."};
        domain::VerifiedToken verified;
        verified.issuer.subject = token.substr(token.find('-') + 1);
        verified.expires = now + 60s;
        verified.withdrawn = withdrawn;
        return verified;
    }
    std::shared_ptr<std::atomic<bool>> withdrawn = std::make_shared<std::atomic<bool>>(false);
    bool has_new_key = false;
    mutable int asked = 0;
};

class AuthenticatorSpec : public ::testing::Test {
  protected:
    /// The subject, or the code of the refusal.
    std::string who(http::Fields headers, bool cookie_allowed = false) {
        Request request;
        request.headers = std::move(headers);
        const auto result = authenticator_.authenticate(request, cookie_allowed);
        if (const auto* caller = std::get_if<domain::VerifiedToken>(&result))
            return caller->issuer.subject;
        const auto& refusal = std::get<Response>(result);
        EXPECT_EQ(refusal.status, 401);
        const std::size_t code = refusal.body.find(R"("code":")") + 8;
        return refusal.body.substr(code, refusal.body.find('"', code) - code);
    }

    std::string who(const std::string& header, const std::string& value) {
        return who({{header, value}});
    }

    /// With a cookie of ada, on a route where one may count.
    std::string by_cookie(http::Fields headers) {
        headers.emplace_back("host", "app.example:8080");
        headers.emplace_back("cookie", "t=good-ada");
        return who(std::move(headers), true);
    }

    ExampleVerifier verifier_;
    infra::memory::ManualClock clock_;
    Authenticator authenticator_{
        verifier_,
        clock_,
        {.cookie_name = "t", .cookie_origins = {"https://other.example"}, .cache_max = 4},
        [this] {
            ++looked_;
            verifier_.has_new_key = new_key_is_there_;
        }};
    bool new_key_is_there_ = false;
    int looked_ = 0;  ///< for new keys
};

const std::string not_ours = "cookie-of-another-site";

TEST_F(AuthenticatorSpec, TakesABearer) {
    EXPECT_EQ(who("authorization", "Bearer good-ada"), "ada");
    EXPECT_EQ(who("authorization", "bearer  good-ada"), "ada");
    for (const char* value : {"", "Basic good-ada", "good-ada"})
        EXPECT_EQ(who("authorization", value), "token-missing") << value;
    for (const char* value : {"Bearer ", "Bearer bad", "Bearer good-ada, Bearer good-ada"})
        EXPECT_NE(who("authorization", value), "ada") << value;
}

TEST_F(AuthenticatorSpec, TakesTheCookieOnlyWhereAllowed) {
    const auto with = [&](const std::string& value) {
        return who({{"sec-fetch-site", "same-origin"}, {"cookie", value}}, true);
    };
    EXPECT_EQ(who({{"sec-fetch-site", "same-origin"}, {"cookie", "t=good-ada"}}), "token-missing");
    EXPECT_EQ(with("t=good-ada"), "ada");
    EXPECT_EQ(with("x=1; tt=good-eve; t=good-ada; y"), "ada");
    EXPECT_EQ(with("tt=good-ada"), "token-missing");
    EXPECT_EQ(with("t"), "token-missing");
    // Which of two is the page's own nobody knows.
    EXPECT_EQ(with("t=good-ada; t=good-eve"), "cookie-ambiguous");
    EXPECT_EQ(with("t=good-ada;\tt=good-eve"), "cookie-ambiguous");
}

// Fetch Metadata: only a browser writes these headers, no page can.
TEST_F(AuthenticatorSpec, TakesTheCookieFromAPageOfItsOwn) {
    EXPECT_EQ(by_cookie({{"sec-fetch-site", "same-origin"}}), "ada");
    EXPECT_EQ(by_cookie({{"sec-fetch-site", "none"}}), "ada");
    EXPECT_EQ(by_cookie({{"origin", "https://app.example:8080"}}), "ada");
    EXPECT_EQ(by_cookie({{"origin", "https://other.example"}}), "ada");
    EXPECT_EQ(
        by_cookie({{"origin", "https://other.example"}, {"sec-fetch-site", "cross-site"}}), "ada"
    );
}

TEST_F(AuthenticatorSpec, LeavesTheCookieOfOtherPagesAlone) {
    EXPECT_EQ(by_cookie({}), not_ours);
    for (const char* site : {"cross-site", "same-site", "", "Same-Origin", "same-origin, none"})
        EXPECT_EQ(by_cookie({{"sec-fetch-site", site}}), not_ours) << site;
    for (const char* origin :
         {"null",
          "",
          "https://evil.example",
          "https://app.example",
          "https://app.example:80801",
          "https://evil.example/?://app.example:8080",
          "app.example:8080",
          "https://app.example:8080.evil.example",
          "https://OTHER.example"})
        EXPECT_EQ(by_cookie({{"origin", origin}}), not_ours) << origin;
    EXPECT_EQ(
        by_cookie({{"origin", "https://app.example:8080"}, {"sec-fetch-site", "cross-site"}}),
        not_ours
    );
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

TEST_F(AuthenticatorSpec, ForgetsATokenWhoseKeyIsWithdrawn) {
    EXPECT_EQ(who("authorization", "Bearer good-ada"), "ada");
    *verifier_.withdrawn = true;
    EXPECT_EQ(who("authorization", "Bearer good-ada"), "ada");
    EXPECT_EQ(verifier_.asked, 2);
    // The old generation, too.
    *verifier_.withdrawn = false;
    for (const char* token : {"Bearer good-ada", "Bearer good-bob", "Bearer good-cyd"})
        who("authorization", token);
    const int asked = verifier_.asked;
    *verifier_.withdrawn = true;
    who("authorization", "Bearer good-ada");
    EXPECT_EQ(verifier_.asked, asked + 1);
}

TEST_F(AuthenticatorSpec, VerifiesABadTokenEachTime) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(who("authorization", "Bearer bad"), "token-invalid");
    EXPECT_EQ(verifier_.asked, 3);
}

TEST_F(AuthenticatorSpec, LooksForAKeyThatItDoesNotKnowBeforeItRefusesIt) {
    EXPECT_EQ(who("authorization", "Bearer bad"), "token-invalid");
    EXPECT_EQ(looked_, 0);
    new_key_is_there_ = true;
    EXPECT_EQ(who("authorization", "Bearer new-ada"), "ada");
    EXPECT_EQ(who("authorization", "Bearer new-bob"), "bob");
    EXPECT_EQ(looked_, 1);
}

TEST_F(AuthenticatorSpec, LooksNoMoreOftenHoweverManyNameUnknownKeys) {
    for (int i = 0; i < 1'000; ++i) {
        EXPECT_EQ(who("authorization", "Bearer new-eve"), "token-invalid");
        clock_.advance(1ms);
    }
    EXPECT_EQ(looked_, 10);
    new_key_is_there_ = true;
    EXPECT_EQ(who("authorization", "Bearer new-ada"), "ada");
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

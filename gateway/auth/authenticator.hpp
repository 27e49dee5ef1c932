#pragma once

#include "domain/ports/clock.hpp"
#include "domain/ports/token_verifier.hpp"
#include "gateway/http/message.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace gateway::auth {

struct AuthSettings {
    std::string cookie_name = "antiphon_token";  ///< holds the JWT where cookies are allowed
    /// Pages of these origins may use the cookie, besides those of our own.
    std::vector<std::string> cookie_origins{};
    std::size_t cache_max = 10'000;  ///< verified tokens kept, so as not to verify again
};

/// Tells who sent a request. Used by one thread: each has its own. Tokens stay in memory and are
/// never logged.
class Authenticator {
  public:
    /// `renew_keys` gives the verifier the keys that there are now. It is called for a token that
    /// names an unknown key, before that is refused, but not as often as somebody sends such ones.
    Authenticator(
        const domain::TokenVerifier& verifier,
        const domain::Clock& clock,
        AuthSettings settings = {},
        std::function<void()> renew_keys = {}
    );

    /// The caller, from `Authorization: Bearer`, else from the cookie where that is allowed; or the
    /// 401 to answer with. A browser adds the cookie to what any page asks of us, so it counts only
    /// where the browser says that the page is ours or an allowed one.
    std::variant<domain::VerifiedToken, http::Response>
    authenticate(const http::Request& request, bool cookie_allowed = false);

  private:
    std::variant<domain::VerifiedToken, domain::TokenRefusal> verify(const std::string& token);
    bool keys_renewed();
    void keep(const std::string& token, const domain::VerifiedToken& caller);

    using Cache = std::unordered_map<std::string, domain::VerifiedToken>;

    const domain::TokenVerifier& verifier_;
    const domain::Clock& clock_;
    AuthSettings settings_;
    std::function<void()> renew_keys_;
    std::optional<std::chrono::milliseconds> renewed_at_;
    /// Two generations: when the young one is full it becomes the old one, and the old one is
    /// forgotten. What is still used moves back, so a full cache keeps the tokens in use.
    Cache young_;
    Cache old_;
};

}  // namespace gateway::auth

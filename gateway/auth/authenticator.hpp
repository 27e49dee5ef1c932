#pragma once

#include "domain/ports/clock.hpp"
#include "domain/ports/token_verifier.hpp"
#include "gateway/http/message.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <variant>

namespace gateway::auth {

struct AuthSettings {
    std::string cookie_name = "antiphon_token";  ///< holds the JWT where cookies are allowed
    std::size_t cache_max = 10'000;  ///< verified tokens kept, so as not to verify again
};

/// Tells who sent a request. Used by one thread: each has its own. Tokens stay in memory and are
/// never logged.
class Authenticator {
  public:
    Authenticator(
        const domain::TokenVerifier& verifier,
        const domain::Clock& clock,
        AuthSettings settings = {}
    );

    /// The caller, from `Authorization: Bearer`, else from the cookie where that is allowed; or the
    /// 401 to answer with.
    std::variant<domain::VerifiedToken, http::Response>
    authenticate(const http::Request& request, bool cookie_allowed = false);

  private:
    std::variant<domain::VerifiedToken, domain::TokenRefusal> verify(const std::string& token);
    void keep(const std::string& token, const domain::VerifiedToken& caller);

    using Cache = std::unordered_map<std::string, domain::VerifiedToken>;

    const domain::TokenVerifier& verifier_;
    const domain::Clock& clock_;
    AuthSettings settings_;
    /// Two generations: when the young one is full it becomes the old one, and the old one is
    /// forgotten. What is still used moves back, so a full cache keeps the tokens in use.
    Cache young_;
    Cache old_;
};

}  // namespace gateway::auth

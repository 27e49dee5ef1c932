#pragma once

#include "domain/kernel/envelope.hpp"

#include <string>
#include <string_view>
#include <variant>

namespace domain {

struct VerifiedToken {
    Issuer issuer;
    std::string token_issuer;  ///< the JWT's `iss`, or empty
    Timestamp expires;
};

/// Why a token is not accepted: one sentence that may be shown to its bearer.
struct TokenRefusal {
    std::string message;
};

/// Tells who sent a request. Pure computation: does not block. Any thread. Never throws on bad
/// input.
class TokenVerifier {
  public:
    virtual ~TokenVerifier() = default;

    /// Signature, algorithm, `exp`, `nbf`, `aud`, `iss` and `sub`, all at the time `now`.
    virtual std::variant<VerifiedToken, TokenRefusal> verify(std::string_view token, Timestamp now)
        const = 0;
};

}  // namespace domain

#pragma once

#include "domain/kernel/envelope.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace domain {

struct VerifiedToken {
    Issuer issuer;
    Timestamp expires;
    /// True as soon as the key that signed it counts no more; null: there is no such key.
    std::shared_ptr<const std::atomic<bool>> withdrawn{};

    bool counts(Timestamp now) const { return now < expires && !(withdrawn && *withdrawn); }
};

/// Why a token is not accepted: one sentence that may be shown to its bearer.
struct TokenRefusal {
    std::string message;
    bool key_unknown = false;  ///< it names a key that is none of those in force
};

/// Tells who sent a request. Pure computation: does not block. Any thread. Never throws on bad
/// input.
class TokenVerifier {
  public:
    virtual ~TokenVerifier() = default;

    /// Header, signature and claims, all at the time `now`.
    virtual std::variant<VerifiedToken, TokenRefusal> verify(std::string_view token, Timestamp now)
        const = 0;
};

}  // namespace domain

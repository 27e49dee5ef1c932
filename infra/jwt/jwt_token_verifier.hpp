#pragma once

#include "domain/ports/token_verifier.hpp"
#include "infra/jwt/algorithm.hpp"
#include "infra/jwt/claims.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace infra::jwt {

class KeySet;

struct JwtSettings {
    std::vector<Algorithm> algorithms{Algorithm::hs256};  ///< no other is accepted
    std::string keys;                                     ///< text of a key file, see KeySet
    ClaimRules claims{};
};

/// Verifies JSON Web Tokens (RFC 7515, 7519, 9068) by the keys in force, which may be replaced
/// while it works. Keys and tokens are never logged.
class JwtTokenVerifier : public domain::TokenVerifier {
  public:
    /// Throws domain::SetupError when the keys do not suit the algorithms.
    explicit JwtTokenVerifier(JwtSettings settings);
    ~JwtTokenVerifier() override;

    std::variant<domain::VerifiedToken, domain::TokenRefusal>
    verify(std::string_view token, domain::Timestamp now) const override;

    /// From now on these keys count, and what was signed with others does not any more: false if
    /// they are the same text as before. One thread at a time, beside any that verify. Throws
    /// domain::SetupError where the text is bad; then the keys from before stay in force.
    bool use(const std::string& keys);

    /// A line for each key that was given and is passed over, since it is weak, or not whole.
    std::vector<std::string> faults() const;

  private:
    std::shared_ptr<const KeySet> keys() const;

    JwtSettings settings_;
    mutable std::mutex mutex_;
    std::shared_ptr<const KeySet> keys_;
};

}  // namespace infra::jwt

#pragma once

#include "domain/ports/token_verifier.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <variant>

namespace infra::jwt {

enum class Algorithm { hs256, rs256, es256 };

/// Throws domain::SetupError unless it is HS256, RS256 or ES256.
Algorithm parse_algorithm(std::string_view name);

struct JwtSettings {
    Algorithm algorithm = Algorithm::hs256;  ///< the only one that is accepted
    std::string key;                  ///< secret of at least 32 bytes, or a public key in PEM
    std::string issuer{};             ///< `iss` must be it; empty: not checked
    std::string audience{};           ///< `aud` must hold it; empty: not checked
    std::chrono::seconds leeway{30};  ///< by which clocks may differ
};

/// Verifies JSON Web Tokens with one algorithm and one key. Key and tokens are never logged.
class JwtTokenVerifier : public domain::TokenVerifier {
  public:
    /// Throws domain::SetupError when the key does not suit the algorithm.
    explicit JwtTokenVerifier(JwtSettings settings);

    std::variant<domain::VerifiedToken, domain::TokenRefusal>
    verify(std::string_view token, domain::Timestamp now) const override;

  private:
    std::variant<domain::VerifiedToken, domain::TokenRefusal>
    verify_claims(std::string payload, domain::Timestamp now) const;

    JwtSettings settings_;
};

}  // namespace infra::jwt

#pragma once

#include "domain/kernel/envelope.hpp"

#include <chrono>
#include <string>

namespace infra::jwt {

/// Signs tokens for development with HS256. In production somebody else does.
class JwtTokenSigner {
  public:
    /// Throws domain::SetupError when the secret is shorter than 32 bytes. Empty issuer or
    /// audience: left out.
    explicit JwtTokenSigner(std::string secret, std::string issuer = {}, std::string audience = {});

    std::string
    sign(const std::string& subject, domain::Timestamp now, std::chrono::seconds valid_for) const;

  private:
    std::string secret_;
    std::string issuer_;
    std::string audience_;
};

}  // namespace infra::jwt

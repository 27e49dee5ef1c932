#pragma once

#include "domain/kernel/envelope.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace infra::jwt {

/// The claim of a token that says its user's roles, as a list.
struct TokenRoles {
    std::string claim = "roles";
    std::vector<std::string> names{};
};

/// Signs tokens for development with HS256. In production somebody else does.
class JwtTokenSigner {
  public:
    /// Signs with the first secret of HS256 in the text of a key file, see KeySet; throws
    /// domain::SetupError when there is none. Empty issuer or audience: left out.
    explicit JwtTokenSigner(
        const std::string& keys,
        std::string issuer = {},
        std::string audience = {}
    );

    /// `roles`: without any, there is no such claim.
    std::string sign(
        const std::string& subject,
        domain::Timestamp now,
        std::chrono::seconds valid_for,
        const TokenRoles& roles = {}
    ) const;

  private:
    std::string key_id_;
    std::string secret_;
    std::string issuer_;
    std::string audience_;
};

}  // namespace infra::jwt

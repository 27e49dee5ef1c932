#pragma once

#include "domain/ports/token_verifier.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace infra::jwt {

/// What a token's claims have to be (RFC 7519 4.1).
struct ClaimRules {
    std::string issuer{};                       ///< `iss` must be it; empty: not checked
    std::string audience{};                     ///< `aud` must hold it; empty: not checked
    std::chrono::seconds leeway{30};            ///< by which clocks may differ
    std::chrono::seconds lifetime_max{86'400};  ///< from `iat`, and from now, to `exp`; 0: any
    /// Those that go on with commands and events. What is no claim's name is a path of members.
    std::vector<std::string> kept{"iss", "sub", "roles"};
};

/// Who the claims of a token with a good signature are about, or why they do not count now.
std::variant<domain::VerifiedToken, domain::TokenRefusal>
read_claims(std::string_view json, const ClaimRules& rules, domain::Timestamp now);

}  // namespace infra::jwt

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace infra::jwt {

enum class Algorithm { hs256, rs256, es256 };

/// As RFC 7518 names it.
std::string_view name_of(Algorithm algorithm);

/// Throws domain::SetupError unless each is HS256, RS256 or ES256, and there is one.
std::vector<Algorithm> parse_algorithms(std::span<const std::string> names);

/// "RS256 or ES256"
std::string names_of(std::span<const Algorithm> algorithms);

}  // namespace infra::jwt

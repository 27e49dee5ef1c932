#pragma once

#include "domain/ports/token_verifier.hpp"
#include "infra/jwt/algorithm.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace infra::jwt {

/// What a token says about how it is signed.
struct JoseHeader {
    Algorithm algorithm;
    std::optional<std::string> key_id;  ///< `kid`
};

/// Reads the JSON in front of a token. Keys that the token itself brings or names a place for
/// (`jwk`, `jku`, `x5c`, `x5u`) are of no interest.
std::variant<JoseHeader, domain::TokenRefusal>
read_header(std::string_view json, std::span<const Algorithm> algorithms);

}  // namespace infra::jwt

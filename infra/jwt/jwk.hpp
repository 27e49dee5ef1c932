#pragma once

#include "infra/jwt/key.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace infra::jwt {

struct Jwks {
    std::vector<std::shared_ptr<const Key>> keys;
    std::vector<std::string> faults;  ///< a line for each key that is weak, or not whole
};

/// The keys of a JWK Set, or of one JWK (RFC 7517), that may check signatures by one of
/// `algorithms`. Keys for something else are passed over, and so are faulty ones, as RFC 7517 5
/// wants it: one must not keep another from being taken out. Throws domain::SetupError, one line,
/// when it is no such set, or no key is left.
Jwks read_jwks(const std::string& text, std::span<const Algorithm> algorithms);

}  // namespace infra::jwt

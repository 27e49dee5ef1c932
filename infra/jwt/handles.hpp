#pragma once

#include <cstdlib>
#include <jwt.h>
#include <memory>

namespace infra::jwt {

struct FreeToken {
    void operator()(jwt_t* token) const { jwt_free(token); }
};
using Token = std::unique_ptr<jwt_t, FreeToken>;

struct FreeText {
    void operator()(char* text) const { std::free(text); }
};
using Text = std::unique_ptr<char, FreeText>;

/// What RFC 7518 asks of a key of HS256.
inline constexpr std::size_t secret_min_bytes = 32;

}  // namespace infra::jwt

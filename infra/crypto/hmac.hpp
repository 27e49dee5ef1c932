#pragma once

#include <array>
#include <memory>
#include <string_view>

struct evp_mac_ctx_st;

namespace infra::crypto {

using Digest = std::array<unsigned char, 32>;

/// HMAC-SHA-256 (RFC 2104) under one key. Keeps its context, since fetching the algorithm and
/// setting the key cost more than a record does. Used by one thread.
class Hmac {
  public:
    explicit Hmac(std::string_view key);

    Digest of(std::string_view bytes);

  private:
    struct Release {
        void operator()(evp_mac_ctx_st* context) const;
    };
    std::unique_ptr<evp_mac_ctx_st, Release> context_;
};

/// Takes as long wherever they differ.
bool equal(const Digest& one, const Digest& other);

}  // namespace infra::crypto

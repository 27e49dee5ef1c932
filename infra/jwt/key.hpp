#pragma once

#include "infra/jwt/algorithm.hpp"
#include "infra/jwt/handles.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

namespace infra::jwt {

/// What RFC 7518 asks of a key of HS256, and of one of RS256.
inline constexpr std::size_t secret_min_bytes = 32;
inline constexpr int modulus_min_bits = 2048;

/// One key and the one algorithm that it checks: a token never chooses how a key is used. Made
/// ready once, since to read it from PEM costs ten times what a check does. Any thread.
class Key {
  public:
    /// A secret of HS256. Throws domain::SetupError when it is too short.
    Key(std::string id, std::string secret);

    /// A public key: RS256 or ES256, by its type. Throws domain::SetupError when it is neither, or
    /// too weak.
    Key(std::string id, const PublicKey& key);

    Algorithm algorithm() const { return algorithm_; }
    const std::string& id() const { return id_; }  ///< `kid`; empty: it suits any

    /// The secret, or the public key in DER.
    const std::string& material() const { return material_; }

    bool has_signed(std::string_view text, std::string_view signature) const;

    /// True from when it is no longer among the keys in force.
    const std::shared_ptr<std::atomic<bool>>& withdrawn() const { return withdrawn_; }

  private:
    bool has_sealed(std::string_view text, std::string_view seal) const;

    Algorithm algorithm_;
    std::string id_;
    std::string material_;
    MacContext mac_;        ///< of HS256: holds the key; copied for each check
    DigestContext digest_;  ///< of the others: likewise
    std::shared_ptr<std::atomic<bool>> withdrawn_ = std::make_shared<std::atomic<bool>>(false);
};

}  // namespace infra::jwt

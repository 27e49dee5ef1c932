#pragma once

#include "infra/jwt/key.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace infra::jwt {

/// The keys in force at some time. Immutable.
class KeySet {
  public:
    /// From a key file's text:
    ///   a JWK Set or one JWK (RFC 7517)   its keys that may check signatures by `algorithms`
    ///   public keys in PEM, one or more   without ids
    ///   a random line, or bytes           the secret of HS256, if that is all of `algorithms`
    /// What may be known to others is never taken for a secret: see may_be_secret(). Throws
    /// domain::SetupError, one line, when it is none of these, a key in PEM is bad, or none is
    /// left.
    KeySet(const std::string& text, std::span<const Algorithm> algorithms);

    /// Those that may have signed a token of this header, a handful at most. Without a `kid` these
    /// are the keys without an id, or the only one that there is.
    std::vector<const Key*> for_token(Algorithm algorithm, const std::optional<std::string>& id)
        const;

    /// Takes the keys that stand in `older`, too, from there: what they have signed goes on.
    void adopt(const KeySet& older);

    /// Withdraws the keys that `newer` has not adopted: what they have signed ends.
    void withdraw_unless_in(const KeySet& newer) const;

    /// A line for each key of the file that is passed over, since it is weak, or not whole.
    const std::vector<std::string>& faults() const { return faults_; }

    bool is_bare_secret() const { return bare_secret_; }
    std::size_t size() const { return keys_.size(); }
    const Key& first() const { return *keys_.front(); }

  private:
    void add(std::shared_ptr<const Key> key);

    std::vector<std::shared_ptr<const Key>> keys_;  ///< never empty
    std::vector<std::string> faults_;
    bool bare_secret_ = false;
};

}  // namespace infra::jwt

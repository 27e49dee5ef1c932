#pragma once

#include "domain/kernel/record.hpp"
#include "domain/ports/record_keys.hpp"
#include "infra/crypto/hmac.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace infra::crypto {

/// The last header of a record that a relay wrote: the key's id, a dot, and the MAC in hexadecimal.
inline constexpr std::string_view signature_header = "antiphon-signature";

struct Signature {
    std::string_view key_id;
    Digest mac{};
};
std::string to_string(const Signature& signature);
std::optional<Signature> parse_signature(std::string_view text);

/// One key at work. Used by one thread.
class RecordMac {
  public:
    explicit RecordMac(const domain::RecordKey& key) : id_(key.id), hmac_(key.secret) {}

    const std::string& id() const { return id_; }

    /// Of the record with these headers only: those in front of its signature.
    Digest of(const domain::Record& record, std::span<const domain::Header> headers);

  private:
    std::string id_;
    Hmac hmac_;
    std::string bytes_;  ///< kept, so that a record costs no allocation
};

}  // namespace infra::crypto

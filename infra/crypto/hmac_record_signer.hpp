#pragma once

#include "domain/ports/record_keys.hpp"
#include "domain/ports/record_signer.hpp"
#include "infra/crypto/record_mac.hpp"

#include <chrono>
#include <optional>

namespace infra::crypto {

/// Signs with the newest key of the store.
class HmacRecordSigner final : public domain::RecordSigner {
  public:
    /// What was signed with one of the last few keys may still lie in Kafka, and is good.
    static constexpr std::size_t keys_kept = 3;

    HmacRecordSigner(domain::RecordKeys& keys, std::chrono::seconds key_max_age)
        : keys_(keys), key_max_age_(key_max_age) {}

    void renew() override;
    void sign(domain::Record& record) override;

  private:
    domain::RecordKeys& keys_;
    const std::chrono::seconds key_max_age_;
    std::optional<RecordMac> mac_;
};

}  // namespace infra::crypto

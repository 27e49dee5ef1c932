#pragma once

#include "domain/ports/clock.hpp"
#include "domain/ports/record_keys.hpp"
#include "domain/ports/record_verifier.hpp"
#include "infra/crypto/record_mac.hpp"

#include <chrono>
#include <string_view>
#include <vector>

namespace infra::crypto {

struct VerifierSettings {
    std::chrono::milliseconds reload_every{10'000};
    /// Anybody may name unknown keys, as many as they like.
    std::chrono::milliseconds reload_pause{1'000};
};

/// Believes what is signed with a key that the store holds. Knows of a new key when it meets one,
/// and of one that the operator has retired after `reload_every`.
class HmacRecordVerifier final : public domain::RecordVerifier {
  public:
    HmacRecordVerifier(
        domain::RecordKeys& keys,
        const domain::Clock& clock,
        VerifierSettings settings = {}
    )
        : keys_(keys), clock_(clock), settings_(settings) {}

    bool genuine(const domain::Record& record) override;

  private:
    RecordMac* find(std::string_view id);
    void reload();

    domain::RecordKeys& keys_;
    const domain::Clock& clock_;
    const VerifierSettings settings_;
    std::vector<RecordMac> macs_;
    std::chrono::milliseconds reloaded_{-std::chrono::hours(1)};
};

}  // namespace infra::crypto

#include "infra/crypto/hmac_record_verifier.hpp"

#include <algorithm>
#include <span>

namespace infra::crypto {

bool HmacRecordVerifier::genuine(const domain::Record& record) {
    if (record.headers.empty() || record.headers.back().name != signature_header) return false;
    const auto signature = parse_signature(record.headers.back().value);
    if (!signature) return false;
    RecordMac* mac = find(signature->key_id);
    if (!mac) return false;
    const std::span signed_headers(record.headers.begin(), record.headers.end() - 1);
    return equal(mac->of(record, signed_headers), signature->mac);
}

RecordMac* HmacRecordVerifier::find(std::string_view id) {
    const auto known = [&] { return std::ranges::find(macs_, id, &RecordMac::id); };
    const auto age = clock_.elapsed() - reloaded_;
    if (age >= settings_.reload_every || (age >= settings_.reload_pause && known() == macs_.end()))
        reload();
    const auto found = known();
    return found == macs_.end() ? nullptr : &*found;
}

void HmacRecordVerifier::reload() {
    const auto keys = keys_.valid();
    macs_.clear();
    for (const domain::RecordKey& key : keys) macs_.emplace_back(key);
    reloaded_ = clock_.elapsed();
}

}  // namespace infra::crypto

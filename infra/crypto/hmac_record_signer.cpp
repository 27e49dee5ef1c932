#include "infra/crypto/hmac_record_signer.hpp"

namespace infra::crypto {

void HmacRecordSigner::renew() {
    const auto keys = keys_.renew(key_max_age_, keys_kept);
    if (!mac_ || mac_->id() != keys.front().id) mac_.emplace(keys.front());
}

void HmacRecordSigner::sign(domain::Record& record) {
    const Signature signature{mac_.value().id(), mac_->of(record, record.headers)};
    record.headers.push_back({std::string(signature_header), to_string(signature)});
}

}  // namespace infra::crypto

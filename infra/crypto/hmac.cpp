#include "infra/crypto/hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace infra::crypto {
namespace {

/// Only a library that is broken fails here, whatever the bytes are.
void must(int done) {
    if (done != 1) throw std::runtime_error("OpenSSL cannot compute HMAC-SHA-256");
}

}  // namespace

void Hmac::Release::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

Hmac::Hmac(std::string_view key) {
    const std::unique_ptr<EVP_MAC, void (*)(EVP_MAC*)> mac(
        EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr), &EVP_MAC_free
    );
    must(mac != nullptr);
    context_.reset(EVP_MAC_CTX_new(mac.get()));
    must(context_ != nullptr);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.data());
    must(EVP_MAC_init(context_.get(), bytes, key.size(), parameters));
}

Digest Hmac::of(std::string_view bytes) {
    Digest digest;
    std::size_t size = 0;
    must(EVP_MAC_init(context_.get(), nullptr, 0, nullptr));  // the same key again
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    must(EVP_MAC_update(context_.get(), data, bytes.size()));
    must(EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()));
    return digest;
}

bool equal(const Digest& one, const Digest& other) {
    return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace infra::crypto

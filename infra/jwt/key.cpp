#include "infra/jwt/key.hpp"

#include "domain/kernel/error.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <array>
#include <new>

namespace infra::jwt {
namespace {

/// The two numbers of a signature of ES256, one behind the other.
constexpr std::size_t number_bytes = 32;
/// OpenSSL takes no larger exponent with a large modulus, and a huge one costs as a private key
/// does.
constexpr int exponent_max_bits = 64;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string der_of(EVP_PKEY* key) {
    unsigned char* bytes = nullptr;
    const int size = i2d_PUBKEY(key, &bytes);
    if (size <= 0) throw std::bad_alloc();
    std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return der;
}

/// With an exponent of 1 every text is its own signature.
bool has_sound_exponent(EVP_PKEY* key) {
    BIGNUM* found = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &found) != 1) return false;
    const BigNumber exponent(found);
    return BN_is_odd(found) && !BN_is_one(found) && BN_num_bits(found) <= exponent_max_bits;
}

bool is_p_256(EVP_PKEY* key) {
    std::array<char, 64> name{};
    std::size_t size = 0;
    return EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1 &&
           std::string_view(name.data(), size) == "prime256v1";
}

Algorithm algorithm_of(EVP_PKEY* key) {
    const int type = EVP_PKEY_get_base_id(key);
    if (type == EVP_PKEY_EC && is_p_256(key)) return Algorithm::es256;
    if (type != EVP_PKEY_RSA) {
        throw domain::SetupError(
            "the key is of a kind that no token is checked with; give one of RSA, or of P-256"
        );
    }
    if (EVP_PKEY_get_bits(key) < modulus_min_bits || !has_sound_exponent(key)) {
        throw domain::SetupError(
            "the RSA key is too weak; give one of at least 2048 bits with the exponent 65537"
        );
    }
    return Algorithm::rs256;
}

/// As OpenSSL has it; empty where it is none of ES256.
std::string der_signature(std::string_view signature) {
    if (signature.size() != 2 * number_bytes) return {};
    const auto* bytes = bytes_of(signature);
    const EcdsaSignature pair(ECDSA_SIG_new());
    BIGNUM* r = BN_bin2bn(bytes, number_bytes, nullptr);
    BIGNUM* s = BN_bin2bn(bytes + number_bytes, number_bytes, nullptr);
    if (pair == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) throw std::bad_alloc();
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    if (size <= 0) throw std::bad_alloc();
    std::string text(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return text;
}

}  // namespace

Key::Key(std::string id, std::string secret)
    : algorithm_(Algorithm::hs256), id_(std::move(id)), material_(std::move(secret)) {
    if (material_.size() < secret_min_bytes) {
        throw domain::SetupError("the secret of HS256 is too short; give one of at least 32 bytes");
    }
    const Mac hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    mac_.reset(EVP_MAC_CTX_new(hmac.get()));
    std::string digest = "SHA256";
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    if (EVP_MAC_init(mac_.get(), bytes_of(material_), material_.size(), parameters.data()) != 1)
        throw std::bad_alloc();
}

Key::Key(std::string id, const PublicKey& key)
    : algorithm_(algorithm_of(key.get())),
      id_(std::move(id)),
      material_(der_of(key.get())),
      digest_(EVP_MD_CTX_new()) {
    if (EVP_DigestVerifyInit(digest_.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1)
        throw std::bad_alloc();
}

bool Key::has_signed(std::string_view text, std::string_view signature) const {
    if (algorithm_ == Algorithm::hs256) return has_sealed(text, signature);
    std::string der;
    if (algorithm_ == Algorithm::es256) signature = der = der_signature(signature);
    const DigestContext digest(EVP_MD_CTX_new());
    if (digest == nullptr || EVP_MD_CTX_copy_ex(digest.get(), digest_.get()) != 1)
        throw std::bad_alloc();
    const bool right =
        EVP_DigestVerify(
            digest.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()
        ) == 1;
    ERR_clear_error();  // OpenSSL keeps what it found wrong, per thread
    return right;
}

bool Key::has_sealed(std::string_view text, std::string_view seal) const {
    const MacContext mac(EVP_MAC_CTX_dup(mac_.get()));
    std::array<unsigned char, 32> expected{};
    std::size_t size = 0;
    if (mac == nullptr || EVP_MAC_update(mac.get(), bytes_of(text), text.size()) != 1 ||
        EVP_MAC_final(mac.get(), expected.data(), &size, expected.size()) != 1)
        throw std::bad_alloc();
    return seal.size() == size && CRYPTO_memcmp(seal.data(), expected.data(), size) == 0;
}

}  // namespace infra::jwt

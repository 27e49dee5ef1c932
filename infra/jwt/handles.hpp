#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <cstdlib>
#include <jwt.h>
#include <memory>

namespace infra::jwt {

/// Frees by one C function what another one made.
template <auto function>
struct Free {
    template <class T>
    void operator()(T* made) const {
        function(made);
    }
};

using Token = std::unique_ptr<jwt_t, Free<jwt_free>>;
using Text = std::unique_ptr<char, Free<std::free>>;

using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Free<BN_free>>;
using PublicKey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, Free<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free<EVP_MAC_CTX_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

}  // namespace infra::jwt

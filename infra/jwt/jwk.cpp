#include "infra/jwt/jwk.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/base64url.hpp"
#include "infra/jwt/strict_json.hpp"

#include <nlohmann/json.hpp>
#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>
#include <optional>

namespace infra::jwt {
namespace {

using Json = nlohmann::json;
using domain::SetupError;

constexpr std::size_t keys_max = 64;

/// Empty where it is missing or no text.
std::string text_of(const Json& jwk, const char* name) {
    const auto found = jwk.find(name);
    return found != jwk.end() && found->is_string() ? found->get<std::string>() : std::string();
}

SetupError bad_key(const Json& jwk, const std::string& what) {
    return SetupError("the JWK with the kid \"" + text_of(jwk, "kid") + "\" " + what);
}

std::string bytes_of(const Json& jwk, const char* name) {
    auto bytes = decode_base64url(text_of(jwk, name));
    if (!bytes || bytes->empty())
        throw bad_key(jwk, std::string("has no \"") + name + "\" in base64url; give it whole");
    return *bytes;
}

BigNumber number_of(const Json& jwk, const char* name) {
    const std::string bytes = bytes_of(jwk, name);
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    return BigNumber(BN_bin2bn(data, static_cast<int>(bytes.size()), nullptr));
}

PublicKey make_key(const Json& jwk, const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
    EVP_PKEY* key = nullptr;
    const bool made =
        EVP_PKEY_fromdata_init(context.get()) == 1 &&
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
    ERR_clear_error();
    if (!made) throw bad_key(jwk, "is no public key; give it whole");
    return PublicKey(key);
}

PublicKey read_rsa(const Json& jwk) {
    const BigNumber modulus = number_of(jwk, "n");
    const BigNumber exponent = number_of(jwk, "e");
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
    return make_key(jwk, "RSA", builder.get());
}

PublicKey read_elliptic(const Json& jwk) {
    const std::string point = '\x04' + bytes_of(jwk, "x") + bytes_of(jwk, "y");
    const ParameterBuilder builder(OSSL_PARAM_BLD_new());
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
    OSSL_PARAM_BLD_push_octet_string(
        builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()
    );
    return make_key(jwk, "EC", builder.get());
}

std::optional<Algorithm> algorithm_of(const Json& jwk) {
    const std::string type = text_of(jwk, "kty");
    if (type == "RSA") return Algorithm::rs256;
    if (type == "oct") return Algorithm::hs256;
    if (type == "EC" && text_of(jwk, "crv") == "P-256") return Algorithm::es256;
    return std::nullopt;
}

/// May it check a signature by `algorithm`? (RFC 7517 4.2 to 4.4)
bool may_check(const Json& jwk, Algorithm algorithm) {
    if (jwk.contains("use") && jwk["use"] != "sig") return false;
    if (jwk.contains("alg") && jwk["alg"] != std::string(name_of(algorithm))) return false;
    const auto operations = jwk.find("key_ops");
    return operations == jwk.end() ||
           (operations->is_array() &&
            std::find(operations->begin(), operations->end(), "verify") != operations->end());
}

std::shared_ptr<const Key> read_key(const Json& jwk, Algorithm algorithm) {
    if (jwk.contains("kid") && !jwk["kid"].is_string())
        throw bad_key(jwk, "has a kid that is no text; give a text");
    std::string id = text_of(jwk, "kid");
    if (algorithm == Algorithm::hs256) return std::make_shared<Key>(id, bytes_of(jwk, "k"));
    if (jwk.contains("d")) throw bad_key(jwk, "is a private key; give the public one");
    return std::make_shared<Key>(
        id, algorithm == Algorithm::rs256 ? read_rsa(jwk) : read_elliptic(jwk)
    );
}

}  // namespace

Jwks read_jwks(const std::string& text, std::span<const Algorithm> algorithms) {
    if (!is_strict_object(text))
        throw SetupError("the key begins like a JWK Set and is no whole JSON; give all of it");
    const Json json = Json::parse(text);
    const Json keys = json.contains("keys") ? json["keys"] : Json::array({json});
    if (!keys.is_array()) throw SetupError("the JWK Set's \"keys\" is no list; give one");
    Jwks found;
    for (const Json& jwk : keys) {
        const auto algorithm = jwk.is_object() ? algorithm_of(jwk) : std::nullopt;
        const bool wanted =
            algorithm &&
            std::find(algorithms.begin(), algorithms.end(), *algorithm) != algorithms.end();
        if (!wanted || !may_check(jwk, *algorithm)) continue;
        if (found.keys.size() == keys_max) {
            found.faults.push_back("there are more than 64 keys; give fewer");
            break;
        }
        try {
            found.keys.push_back(read_key(jwk, *algorithm));
        } catch (const SetupError& error) {
            found.faults.push_back("kid \"" + text_of(jwk, "kid") + "\": " + error.what());
        }
    }
    if (!found.keys.empty()) return found;
    if (!found.faults.empty()) throw SetupError(found.faults.front());
    throw SetupError(
        "the JWK Set holds no key that may check signatures of " + names_of(algorithms) +
        "; give one"
    );
}

}  // namespace infra::jwt

#include "domain/kernel/error.hpp"
#include "infra/jwt/key_set.hpp"
#include "infra/jwt/spec_tokens.hpp"

#include <openssl/core_names.h>

#include <thread>

namespace infra::jwt {
namespace {

using namespace spec;

PublicKey read(const std::string& pem) {
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    return PublicKey(PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr));
}

std::string number(EVP_PKEY* key, const char* name, int size = 0) {
    BIGNUM* found = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key, name, &found), 1);
    const BigNumber value(found);
    std::string bytes(static_cast<std::size_t>(std::max(size, BN_num_bytes(found))), '\0');
    const int length = static_cast<int>(bytes.size());
    BN_bn2binpad(found, reinterpret_cast<unsigned char*>(bytes.data()), length);
    return R"(":")" + base64url(bytes) + R"(",)";
}

/// A JWK without its end: `"a":1}` follows.
std::string jwk(const std::string& public_pem) {
    const PublicKey key = read(public_pem);
    if (EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA) {
        return R"({"kty":"RSA","n)" + number(key.get(), OSSL_PKEY_PARAM_RSA_N) + R"("e)" +
               number(key.get(), OSSL_PKEY_PARAM_RSA_E);
    }
    return R"({"kty":"EC","crv":"P-256","x)" + number(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, 32) +
           R"("y)" + number(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, 32);
}

std::string oct(const std::string& bytes) {
    return R"({"kty":"oct","k":")" + base64url(bytes) + R"(",)";
}

std::string set(std::initializer_list<std::string> keys) {
    std::string text;
    for (const std::string& key : keys) text += (text.empty() ? "" : ",") + key;
    return R"({"keys":[)" + text + "]}";
}

const std::vector<Algorithm> all{Algorithm::hs256, Algorithm::rs256, Algorithm::es256};

JwtSettings any(const std::string& keys) { return {.algorithms = all, .keys = keys}; }

/// Why these keys are not taken; "" if they are.
std::string fault(const std::string& keys, const std::vector<Algorithm>& algorithms = all) {
    try {
        const KeySet set(keys, algorithms);
    } catch (const domain::SetupError& error) {
        return error.what();
    }
    return "";
}

const std::string unknown = "The token's key (kid) is none that is known here.";
const std::string wrong = "The token's signature is not valid.";

TEST(KeySet, HasAKeyForEachName) {
    const auto settings = any(set(
        {jwk(rsa().public_pem) + R"("kid":"r","use":"sig"})",
         jwk(elliptic().public_pem) + R"("kid":"e","alg":"ES256"})",
         oct(secret) + R"("kid":"s","key_ops":["sign","verify"]})"}
    ));
    const auto by_rsa = [&](const std::string& kid) {
        return refusal(sign(claims(), JWT_ALG_RS256, rsa().private_pem, kid), noon, settings);
    };
    EXPECT_EQ(by_rsa("r"), "");
    EXPECT_EQ(by_rsa("R"), unknown);
    EXPECT_EQ(by_rsa("e"), unknown);  // that one does not check RS256
    EXPECT_EQ(by_rsa("s"), unknown);
    EXPECT_EQ(by_rsa(""), "");  // the only one of its algorithm

    const auto told = JwtTokenVerifier(settings).verify(
        sign(claims(), JWT_ALG_RS256, rsa().private_pem, "R"), noon
    );
    EXPECT_TRUE(std::get<TokenRefusal>(told).key_unknown);
    const auto curve = elliptic().private_pem;
    EXPECT_EQ(refusal(sign(claims(), JWT_ALG_ES256, curve, "e"), noon, settings), "");
    EXPECT_EQ(refusal(sign(claims(), JWT_ALG_HS256, secret, "s"), noon, settings), "");
    // What is public is no secret, whatever the token says.
    for (const std::string& known : {rsa().public_pem, jwk(rsa().public_pem), std::string("r")})
        EXPECT_NE(refusal(sign(claims(), JWT_ALG_HS256, known, "r"), noon, settings), "");
}

TEST(KeySet, WantsANameWhereThereAreSeveral) {
    const std::string other(32, 'x');
    const auto two = any(set({oct(secret) + R"("kid":"a"})", oct(other) + R"("kid":"b"})"}));
    EXPECT_EQ(refusal(sign(claims(), JWT_ALG_HS256, secret, "a"), noon, two), "");
    EXPECT_EQ(refusal(sign(claims(), JWT_ALG_HS256, secret, "b"), noon, two), wrong);
    EXPECT_EQ(refusal(hs256(claims()), noon, two), unknown);
    const auto nameless = any(set({oct(other) + R"("kid":"b"})", oct(secret) + R"("a":1})"}));
    EXPECT_EQ(refusal(hs256(claims()), noon, nameless), "");
    EXPECT_EQ(refusal(sign(claims(), JWT_ALG_HS256, other, "b"), noon, nameless), "");
}

TEST(KeySet, TakesPublicKeysInPemOneBehindTheOther) {
    const std::string second = pems_of(EVP_RSA_gen(2048)).public_pem;
    const auto settings =
        any("# of last year\n" + second + rsa().public_pem + elliptic().public_pem);
    const std::string by_rsa = sign(claims(), JWT_ALG_RS256, rsa().private_pem, "any");
    EXPECT_EQ(refusal(by_rsa, noon, settings), "");
    const std::string by_curve = sign(claims(), JWT_ALG_ES256, elliptic().private_pem);
    EXPECT_EQ(refusal(by_curve, noon, settings), "");
    EXPECT_EQ(fault(second + rsa().public_pem, {Algorithm::rs256}), "");
}

TEST(KeySet, PassesOverKeysForSomethingElse) {
    const std::string good = jwk(rsa().public_pem) + R"("kid":"r"})";
    for (const std::string& other :
         {jwk(rsa().public_pem) + R"("kid":"x","use":"enc"})",
          jwk(rsa().public_pem) + R"("kid":"x","alg":"PS256"})",
          jwk(rsa().public_pem) + R"("kid":"x","alg":"HS256"})",
          jwk(rsa().public_pem) + R"("kid":"x","key_ops":["encrypt"]})",
          jwk(rsa().public_pem) + R"("kid":"x","key_ops":"verify"})",
          oct(secret) + R"("kid":"x"})",
          std::string(R"({"kty":"EC","crv":"P-384","kid":"x","x":"AA","y":"AA"})"),
          std::string(R"({"kty":"OKP","crv":"Ed25519","kid":"x","x":"AA"})"),
          std::string("{}"),
          std::string("7")}) {
        const std::vector<Algorithm> rs256{Algorithm::rs256};
        const KeySet keys(set({other, good}), rs256);
        EXPECT_EQ(keys.size(), 1U) << other;
        EXPECT_EQ(keys.first().id(), "r");
        EXPECT_NE(fault(set({other}), rs256).find("holds no key"), std::string::npos) << other;
    }
}

TEST(KeySet, RefusesWeakAndBrokenKeys) {
    const auto says = [](const std::string& text, const char* words) {
        EXPECT_NE(fault(text).find(words), std::string::npos) << fault(text) << '\n' << text;
    };
    EXPECT_NE(fault("short", {Algorithm::hs256}).find("at least 32 bytes"), std::string::npos);
    says(oct("short") + R"("a":1})", "at least 32 bytes");
    says(pems_of(EVP_RSA_gen(1024)).public_pem, "at least 2048 bits");
    says(jwk(pems_of(EVP_RSA_gen(1024)).public_pem) + R"("a":1})", "at least 2048 bits");
    std::string unsigned_all = jwk(rsa().public_pem) + R"("a":1})";
    unsigned_all.replace(unsigned_all.find("AQAB"), 4, "AQ");  // an exponent of 1
    says(unsigned_all, "exponent");
    says(pems_of(EVP_EC_gen("P-384")).public_pem, "P-256");
    says(pems_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")).public_pem, "P-256");
    says(rsa().private_pem, "PUBLIC KEY");
    says(rsa().public_pem + elliptic().private_pem, "PUBLIC KEY");
    says(jwk(rsa().public_pem) + R"("d":"AQAB"})", "private");
    says(R"({"kty":"RSA","e":"AQAB"})", "\"n\"");
    says(R"({"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"})", "no public key");
    says(
        R"({"kty":"EC","crv":"P-256","x":")" + base64url(std::string(32, 'x')) + R"(","y":")" +
            base64url(std::string(32, 'y')) + R"("})",
        "no public key"
    );
    says(R"({"keys":{}})", "list");
    says(set({}), "holds no key");
    says(oct(secret) + R"("kid":7})", "kid");
}

/// RFC 7517 5. Else one bad key would keep all others as they are, those too that are taken out.
TEST(KeySet, PassesOverWeakAndBrokenKeysBesideGoodOnes) {
    const std::string good = oct(secret) + R"("kid":"good"})";
    const std::string named = R"("kid":"bad"})";
    for (const std::string& bad :
         {jwk(pems_of(EVP_RSA_gen(1024)).public_pem) + named,
          R"({"kty":"RSA","e":"AQAB",)" + named,
          R"({"kty":"EC","crv":"P-256","x":"AQ","y":"AQ",)" + named,
          oct("short") + named,
          jwk(rsa().public_pem) + R"("d":"AQAB",)" + named,
          oct(secret) + R"("kid":7})"}) {
        for (const std::string& jwks : {set({bad, good}), set({good, bad})}) {
            const KeySet keys(jwks, all);
            EXPECT_EQ(keys.size(), 1U) << bad;
            EXPECT_EQ(keys.first().id(), "good") << bad;
            EXPECT_EQ(keys.faults().size(), 1U) << bad;
        }
    }
    EXPECT_EQ(KeySet(set({good, good, good, good, good}), all).size(), 4U);
    std::string many = good;
    for (int i = 0; i < 100; ++i) many += R"(,{"kty":"OKP","kid":"x"})";
    EXPECT_EQ(KeySet(set({many}), all).size(), 1U);
    for (int i = 0; i < 100; ++i)
        many += ',' + oct(secret) + R"("kid":")" + std::to_string(i) + "\"}";
    EXPECT_EQ(KeySet(set({many}), all).size(), 64U);
}

/// Public keys that are cut off, or that stand where a secret should, would let anybody sign.
TEST(KeySet, NeverTakesForASecretWhatIsNone) {
    const std::vector<Algorithm> hs256_only{Algorithm::hs256};
    const std::string jwks = set({jwk(rsa().public_pem) + R"("kid":"r"})"});
    for (std::size_t size = 1; size < jwks.size(); size += 7)
        EXPECT_NE(fault(jwks.substr(0, size), hs256_only), "") << size;
    const std::string& pem = rsa().public_pem;
    for (std::size_t size = 12; size < pem.size() - 1; size += 7)
        EXPECT_NE(fault(pem.substr(0, size), hs256_only), "") << size;
    EXPECT_NE(fault(pem, hs256_only), "");
    EXPECT_NE(fault(secret, {Algorithm::rs256}), "");
    EXPECT_NE(fault(secret), "") << "public keys may be meant";
}

TEST(KeySet, IsNotFollowedByABareSecret) {
    JwtTokenVerifier verifier({.keys = set({oct(secret) + R"("kid":"a"})"})});
    EXPECT_THROW(verifier.use(secret), domain::SetupError);
    JwtTokenVerifier bare({.keys = secret});
    EXPECT_TRUE(bare.use(std::string(32, 'x')));
    EXPECT_TRUE(bare.use(set({oct(secret) + R"("a":1})"})));
}

TEST(KeySet, IsReplacedAndEndsWhatAKeyHadSigned) {
    const std::string first = oct(secret) + R"("kid":"a"})";
    const std::string second = oct(std::string(32, 'x')) + R"("kid":"b"})";
    JwtTokenVerifier verifier({.keys = set({first})});
    const auto verify = [&](const std::string& key, const std::string& kid) {
        return verifier.verify(sign(claims(), JWT_ALG_HS256, key, kid), noon);
    };
    const auto old = std::get<VerifiedToken>(verify(secret, "a"));
    EXPECT_TRUE(old.counts(noon));

    EXPECT_FALSE(verifier.use(set({first})));
    EXPECT_TRUE(verifier.use(set({second, first})));
    EXPECT_TRUE(old.counts(noon));
    const auto young = std::get<VerifiedToken>(verify(std::string(32, 'x'), "b"));

    EXPECT_THROW(verifier.use(set({second}).substr(0, 30)), domain::SetupError);
    EXPECT_TRUE(std::holds_alternative<VerifiedToken>(verify(secret, "a")));

    EXPECT_TRUE(verifier.use(set({second})));
    EXPECT_FALSE(old.counts(noon));
    EXPECT_TRUE(young.counts(noon));
    EXPECT_TRUE(std::holds_alternative<TokenRefusal>(verify(secret, "a")));

    EXPECT_TRUE(verifier.use(set({first})));  // what has ended stays so
    EXPECT_FALSE(old.counts(noon));
    EXPECT_TRUE(std::get<VerifiedToken>(verify(secret, "a")).counts(noon));
}

TEST(KeySet, IsReplacedWhileOthersVerify) {
    const std::string first = oct(secret) + R"("kid":"a"})";
    const std::string second = oct(std::string(32, 'x')) + R"("kid":"b"})";
    JwtTokenVerifier verifier({.keys = set({first})});
    const std::string token = sign(claims(), JWT_ALG_HS256, secret, "a");
    std::atomic<int> rounds = 0;
    std::atomic<bool> refused = false;
    std::thread other([&] {
        for (; rounds < 100; ++rounds) {
            const auto verified = verifier.verify(token, noon);
            const auto* caller = std::get_if<VerifiedToken>(&verified);
            if (caller == nullptr || !caller->counts(noon)) refused = true;
        }
    });
    for (bool both = true; rounds < 100; both = !both)
        verifier.use(both ? set({second, first}) : set({first}));
    other.join();
    EXPECT_FALSE(refused);
}

TEST(Algorithms, AreThreeByTheirNames) {
    const auto parse = [](std::vector<std::string> names) { return parse_algorithms(names); };
    EXPECT_EQ(parse({"HS256", "RS256", "ES256"}), all);
    EXPECT_EQ(names_of(all), "HS256 or RS256 or ES256");
    for (const char* name : {"none", "hs256", "HS512", "PS256", ""})
        EXPECT_THROW(parse({name}), domain::SetupError) << name;
    EXPECT_THROW(parse({}), domain::SetupError);
}

}  // namespace
}  // namespace infra::jwt

#include "infra/jwt/key_set.hpp"

#include "domain/kernel/error.hpp"
#include "infra/jwt/jwk.hpp"
#include "infra/jwt/secret_text.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>

namespace infra::jwt {
namespace {

using domain::SetupError;

constexpr std::string_view pem_begin = "-----BEGIN ";
/// So many may have signed one token: all of them are tried.
constexpr std::size_t alike_max = 4;

std::size_t count(std::string_view text, std::string_view word) {
    std::size_t found = 0;
    for (std::size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) ++found;
    return found;
}

std::vector<PublicKey> read_pem(const std::string& text) {
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    std::vector<PublicKey> keys;
    while (PublicKey key{PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr)})
        keys.push_back(std::move(key));
    ERR_clear_error();
    if (keys.size() != count(text, pem_begin))
        throw SetupError("the key is no whole PUBLIC KEY in PEM; give one, or several");
    return keys;
}

bool holds(std::span<const Algorithm> algorithms, Algorithm algorithm) {
    return std::find(algorithms.begin(), algorithms.end(), algorithm) != algorithms.end();
}

bool same(const Key& one, const Key& other) {
    return one.algorithm() == other.algorithm() && one.id() == other.id() &&
           one.material() == other.material();
}

}  // namespace

KeySet::KeySet(const std::string& text, std::span<const Algorithm> algorithms) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin != text.npos && text[begin] == '{') {
        Jwks jwks = read_jwks(text, algorithms);
        faults_ = std::move(jwks.faults);
        for (auto& key : jwks.keys) add(std::move(key));
    } else if (text.find(pem_begin) != text.npos) {
        for (const PublicKey& key : read_pem(text)) add(std::make_shared<Key>("", key));
    } else if (!std::ranges::equal(algorithms, std::array{Algorithm::hs256})) {
        throw SetupError("the key is neither a public key in PEM nor a JWK Set; give one of them");
    } else if (!may_be_secret(text)) {
        throw SetupError(
            "the key is no secret: it looks like a text that others may know; give one random "
            "line, "
            "or a JWK Set"
        );
    } else {
        add(std::make_shared<Key>("", text));
        bare_secret_ = true;
    }
    for (const auto& key : keys_) {
        if (holds(algorithms, key->algorithm())) continue;
        throw SetupError(
            "the key is one of " + std::string(name_of(key->algorithm())) +
            ", and auth.algorithm says " + names_of(algorithms) + "; make them agree"
        );
    }
}

void KeySet::add(std::shared_ptr<const Key> key) {
    const auto alike = std::count_if(keys_.begin(), keys_.end(), [&](const auto& other) {
        return other->algorithm() == key->algorithm() && other->id() == key->id();
    });
    if (static_cast<std::size_t>(alike) >= alike_max) {
        faults_.push_back(
            "more than 4 keys have the kid \"" + key->id() + "\"; give each its own in a JWK Set"
        );
        return;
    }
    keys_.push_back(std::move(key));
}

std::vector<const Key*> KeySet::for_token(Algorithm algorithm, const std::optional<std::string>& id)
    const {
    std::vector<const Key*> suit;
    std::vector<const Key*> all;
    for (const auto& key : keys_) {
        if (key->algorithm() != algorithm) continue;
        all.push_back(key.get());
        if (key->id().empty() || key->id() == id) suit.push_back(key.get());
    }
    if (suit.empty() && !id && all.size() == 1) return all;
    return suit;
}

void KeySet::adopt(const KeySet& older) {
    for (auto& key : keys_) {
        const auto known =
            std::find_if(older.keys_.begin(), older.keys_.end(), [&](const auto& old) {
                return same(*key, *old);
            });
        if (known != older.keys_.end()) key = *known;
    }
}

void KeySet::withdraw_unless_in(const KeySet& newer) const {
    for (const auto& key : keys_) {
        const auto& others = newer.keys_;
        if (std::find(others.begin(), others.end(), key) == others.end()) *key->withdrawn() = true;
    }
}

}  // namespace infra::jwt

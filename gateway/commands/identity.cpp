#include "gateway/commands/identity.hpp"

#include "domain/kernel/uuid.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <stdexcept>

namespace gateway::commands {
namespace {

/// Ours alone; a change would give every key a new meaning.
constexpr boost::uuids::uuid command_namespace{
    {0x6f,
     0x1d,
     0x52,
     0x0c,
     0x8e,
     0x0b,
     0x4c,
     0x57,
     0x9a,
     0x3e,
     0x5d,
     0x2b,
     0x77,
     0x41,
     0xc8,
     0x90}};

/// Each part with its length before it, so that no two lists of parts give the same text.
void add_part(std::string& name, std::string_view part) {
    name += std::to_string(part.size());
    name += ':';
    name += part;
}

}  // namespace

std::string command_id(const domain::VerifiedToken& caller, std::string_view idempotency_key) {
    std::string name;
    add_part(name, caller.issuer.token_issuer);
    add_part(name, caller.issuer.subject);
    add_part(name, idempotency_key);
    const boost::uuids::name_generator_sha1 generate(command_namespace);
    return to_string(generate(name));
}

std::string new_command_id(domain::Timestamp now) {
    boost::uuids::uuid id{};
    if (RAND_bytes(id.data, sizeof id.data) != 1)
        throw std::runtime_error("the system has no random numbers");
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    for (std::size_t i = 0; i < 6; ++i)
        id.data[i] = static_cast<std::uint8_t>(milliseconds >> (8 * (5 - i)));
    id.data[6] = static_cast<std::uint8_t>(0x70 | (id.data[6] & 0x0f));
    id.data[8] = static_cast<std::uint8_t>(0x80 | (id.data[8] & 0x3f));
    return to_string(id);
}

std::string canonical_uuid(std::string_view text) {
    const auto uuid = domain::parse_uuid(text);
    return uuid ? domain::to_string(*uuid) : std::string();
}

std::string digest(std::string_view text) {
    // Fetched once: to look the algorithm up costs more than to use it.
    static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), bytes.data(), &size, sha256, nullptr) != 1)
        throw std::runtime_error("OpenSSL has no SHA-256");
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    hex.reserve(2 * size);
    for (unsigned i = 0; i < size; ++i) {
        hex += digits[bytes[i] >> 4];
        hex += digits[bytes[i] & 0xf];
    }
    return hex;
}

}  // namespace gateway::commands
